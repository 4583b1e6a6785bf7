/// Elements that each want to be looked at when a time has come. A value; noting one takes constant time, and
/// taking what is due takes time for what is due alone.
///
/// Source: the hashed timing wheel of Varghese and Lauck (1987); the ticks to come are hashed by a
/// dictionary.
struct TimingWheel<Element> {
    typealias Instant = ContinuousClock.Instant

    /// The length of a tick.
    let tick: Duration
    private let origin: Instant
    /// The elements that are due by the end of each tick, by the tick's number.
    private var spokes: [Int: [Element]] = [:]
    /// The first tick whose end is to come.
    private var next = 0

    /// - Parameters:
    ///   - tick: the precision: an element comes up to a tick later than its deadline. Above zero.
    ///   - now: nothing is noted for any earlier time.
    init(tick: Duration, from now: Instant) {
        self.tick = max(tick, .nanoseconds(1))
        origin = now
    }

    /// Notes an element, to be taken at `instant` or up to a tick later.
    mutating func note(_ element: Element, at instant: Instant) {
        // An element that is due just when a tick ends belongs to that tick.
        spokes[max(next, whole(instant - origin - Duration(attoseconds: 1))), default: []].append(element)
    }

    /// Takes what is due, the earliest tick first, and in each in the order in which it was noted.
    mutating func take(until now: Instant) -> [Element] {
        let end = whole(now - origin)
        guard end > next else { return [] }
        // The clock may have jumped over many more ticks than have anything noted.
        let ticks = end - next > spokes.count ? spokes.keys.filter { $0 < end }.sorted() : Array(next..<end)
        next = end
        return ticks.flatMap { spokes.removeValue(forKey: $0) ?? [] }
    }

    /// The number of whole ticks in a time that is not negative. Exact: what is taken too early is not due.
    private func whole(_ time: Duration) -> Int {
        Int(clamping: time.attoseconds / tick.attoseconds)
    }

    /// Everything that was not taken yet, in the order in which it would be. Making this takes time for the
    /// ticks alone, not for the elements.
    var elements: FlattenSequence<[[Element]]> {
        spokes.sorted { $0.key < $1.key }.map(\.value).joined()
    }
}
