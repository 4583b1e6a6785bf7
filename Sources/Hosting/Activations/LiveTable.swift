/// The live actors by id, and in the order of their last use. A value; every operation takes constant time.
struct LiveTable<Key: Hashable, Element> {
    typealias Instant = ContinuousClock.Instant

    private struct Slot {
        var key: Key
        var element: Element
        var usedAt: Instant
        var older: Int32
        var newer: Int32
    }

    private static var none: Int32 { -1 }

    private var index: [Key: Int32] = [:]
    private var slots: [Slot?] = []
    private var free: [Int32] = []
    private var oldest: Int32 = none
    private var newest: Int32 = none

    var count: Int { index.count }

    var elements: [Element] {
        slots.compactMap { $0?.element }
    }

    /// The element under the key, which counts as a use of it.
    mutating func use(_ key: Key, at now: Instant) -> Element? {
        guard let position = index[key], let element = slots[Int(position)]?.element else { return nil }
        slots[Int(position)]?.usedAt = now
        if position != newest {
            unlink(position)
            linkAsNewest(position)
        }
        return element
    }

    /// The least recently used element, which counts as a use of it: asked again, the next one comes.
    mutating func rotate(at now: Instant) -> Element? {
        guard oldest != Self.none, let key = slots[Int(oldest)]?.key else { return nil }
        return use(key, at: now)
    }

    /// The element under the key, without a trace.
    func peek(_ key: Key) -> Element? {
        guard let position = index[key] else { return nil }
        return slots[Int(position)]?.element
    }

    /// Puts an element under a key that holds none.
    mutating func insert(_ element: Element, under key: Key, at now: Instant) {
        let slot = Slot(key: key, element: element, usedAt: now, older: Self.none, newer: Self.none)
        let position: Int32
        if let reused = free.popLast() {
            position = reused
            slots[Int(position)] = slot
        } else {
            position = Int32(slots.count)
            slots.append(slot)
        }
        index[key] = position
        linkAsNewest(position)
    }

    mutating func remove(_ key: Key) {
        guard let position = index.removeValue(forKey: key) else { return }
        unlink(position)
        slots[Int(position)] = nil
        free.append(position)
    }

    /// The elements that were not used since `instant`, least recently used first.
    func unused(since instant: Instant, atMost limit: Int) -> [Element] {
        var found: [Element] = []
        var position = oldest
        while found.count < limit, position != Self.none, let slot = slots[Int(position)], slot.usedAt <= instant {
            found.append(slot.element)
            position = slot.newer
        }
        return found
    }

    private mutating func unlink(_ position: Int32) {
        guard let slot = slots[Int(position)] else { return }
        if slot.older == Self.none { oldest = slot.newer } else { slots[Int(slot.older)]?.newer = slot.newer }
        if slot.newer == Self.none { newest = slot.older } else { slots[Int(slot.newer)]?.older = slot.older }
    }

    private mutating func linkAsNewest(_ position: Int32) {
        slots[Int(position)]?.older = newest
        slots[Int(position)]?.newer = Self.none
        if newest == Self.none { oldest = position } else { slots[Int(newest)]?.newer = position }
        newest = position
    }
}
