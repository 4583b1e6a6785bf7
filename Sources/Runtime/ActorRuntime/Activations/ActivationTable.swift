/// The live actors by id, and in the order of their last use. A value; every operation takes constant time.
///
/// It knows nothing of what it holds, not even by a type parameter: every request comes by here, and what is
/// generic is looked up at run time where its types are not known in this module.
struct ActivationTable {
    typealias Instant = ContinuousClock.Instant
    typealias Element = AnyObject

    /// The neighbours in the order of use, and when that was.
    private struct Use {
        var older: Int32
        var newer: Int32
        var at: Instant
    }

    private static var none: Int32 { -1 }

    private var index: [ActorID: Int32] = [:]
    /// By place, apart from each other, so that a use touches no key and copies nothing.
    private var held: [Element?] = []
    private var keys: [ActorID?] = []
    private var uses: [Use] = []
    private var free: [Int32] = []
    private var oldest: Int32 = none
    private var newest: Int32 = none

    var count: Int { index.count }

    /// A way through the table that may be gone in pieces, whatever comes and goes between them.
    struct Walk: Sendable {
        fileprivate var next = 0
        fileprivate let end: Int

        var isAtEnd: Bool { next >= end }
    }

    /// A walk past all elements of this time.
    var walk: Walk { Walk(end: held.count) }

    /// The elements in the next places of a walk; there may be none in these.
    ///
    /// An element keeps its place until it is removed: so a walk comes once by each that is there from the walk's
    /// beginning to its end. One that comes meanwhile may have a place that is still ahead, or not.
    ///
    /// - Parameter limit: the most places; above 0.
    func next(of walk: inout Walk, atMost limit: Int) -> [Element] {
        let places = walk.next..<(walk.next + min(limit, walk.end - walk.next))
        walk.next = places.upperBound
        return held[places].compactMap { $0 }
    }

    var elements: [Element] { held.compactMap { $0 } }

    /// The element under the key, which counts as a use of it.
    mutating func use(_ key: ActorID, at now: Instant) -> Element? {
        guard let position = index[key], let element = held[Int(position)] else { return nil }
        uses[Int(position)].at = now
        if position != newest {
            unlink(position)
            linkAsNewest(position)
        }
        return element
    }

    /// The least recently used element, which counts as a use of it: asked again, the next one comes.
    mutating func rotate(at now: Instant) -> Element? {
        guard oldest != Self.none, let key = keys[Int(oldest)] else { return nil }
        return use(key, at: now)
    }

    /// The element under the key, without a trace.
    func peek(_ key: ActorID) -> Element? {
        guard let position = index[key] else { return nil }
        return held[Int(position)]
    }

    /// Puts an element under a key that holds none.
    mutating func insert(_ element: Element, under key: ActorID, at now: Instant) {
        let position: Int32
        if let reused = free.popLast() {
            position = reused
            held[Int(position)] = element
            keys[Int(position)] = key
            uses[Int(position)].at = now
        } else {
            position = Int32(held.count)
            held.append(element)
            keys.append(key)
            uses.append(Use(older: Self.none, newer: Self.none, at: now))
        }
        index[key] = position
        linkAsNewest(position)
    }

    mutating func remove(_ key: ActorID) {
        guard let position = index.removeValue(forKey: key) else { return }
        unlink(position)
        held[Int(position)] = nil
        keys[Int(position)] = nil
        free.append(position)
    }

    /// The elements that were not used since `instant`, least recently used first. This counts as a use of
    /// each.
    mutating func rotateUnused(since instant: Instant, atMost limit: Int, at now: Instant) -> [Element] {
        var found: [Element] = []
        while found.count < min(limit, count), oldest != Self.none, uses[Int(oldest)].at <= instant,
            let element = rotate(at: now)
        {
            found.append(element)
        }
        return found
    }

    private mutating func unlink(_ position: Int32) {
        let (older, newer) = (uses[Int(position)].older, uses[Int(position)].newer)
        if older == Self.none { oldest = newer } else { uses[Int(older)].newer = newer }
        if newer == Self.none { newest = older } else { uses[Int(newer)].older = older }
    }

    private mutating func linkAsNewest(_ position: Int32) {
        uses[Int(position)].older = newest
        uses[Int(position)].newer = Self.none
        if newest == Self.none { oldest = position } else { uses[Int(newest)].newer = position }
        newest = position
    }
}
