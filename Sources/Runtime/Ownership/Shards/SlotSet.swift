/// A set of slots, as few ranges: servers have long ones.
package struct SlotSet: Hashable, Sendable {
    /// Sorted, disjoint, and none adjacent to the next: two sets are equal if and only if these are.
    package let ranges: [ClosedRange<UInt16>]

    /// The union of the ranges.
    ///
    /// - Parameter ranges: in any order; what is not below `StoreSlot.count` is left out.
    package init(_ ranges: some Sequence<ClosedRange<UInt16>>) {
        let last = UInt16(StoreSlot.count - 1)
        var merged: [ClosedRange<UInt16>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.lowerBound <= last {
            let upper = min(range.upperBound, last)
            if let former = merged.last, range.lowerBound <= former.upperBound + 1 {
                merged[merged.count - 1] = former.lowerBound...max(former.upperBound, upper)
            } else {
                merged.append(range.lowerBound...upper)
            }
        }
        self.ranges = merged
    }

    package init(_ slots: some Sequence<StoreSlot>) {
        self.init(slots.map { $0.rawValue...$0.rawValue })
    }

    /// No slot.
    package static let none = SlotSet([ClosedRange<UInt16>]())
    /// Every slot.
    package static let all = SlotSet([0...UInt16(StoreSlot.count - 1)])

    package var isEmpty: Bool { ranges.isEmpty }

    /// The number of slots.
    package var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// The lowest slot.
    package var first: StoreSlot? { ranges.first.map { StoreSlot($0.lowerBound) } }

    /// The highest slot.
    package var last: StoreSlot? { ranges.last.map { StoreSlot($0.upperBound) } }

    package func contains(_ slot: StoreSlot) -> Bool {
        var candidates = ranges[...]
        while let middle = candidates.indices.dropFirst(candidates.count / 2).first {
            let range = candidates[middle]
            if range.contains(slot.rawValue) { return true }
            candidates =
                slot.rawValue < range.lowerBound ? candidates[..<middle] : candidates[(middle + 1)...]
        }
        return false
    }

    package func subtracting(_ other: SlotSet) -> SlotSet {
        SlotSet(ranges.joined().lazy.map { StoreSlot($0) }.filter { !other.contains($0) })
    }

    package func union(_ other: SlotSet) -> SlotSet { SlotSet(ranges + other.ranges) }
}
