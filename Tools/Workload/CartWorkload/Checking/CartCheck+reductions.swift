// Quantities that changes reduced, where an acknowledged setting may have come before.
extension CartCheck {
    /// The most reductions of one line in one gap that are looked at together.
    private static let reductionLimit = 6

    /// Attributes a difference of a quantity to reductions, and to the setting before them.
    ///
    /// - Returns: false if no reduction has a part in it.
    mutating func explainReduction(
        from before: CartObservation.Line,
        to after: CartObservation.Line,
        _ gap: inout Gap
    ) -> Bool {
        guard let reductions = index.reductions[after.id] else { return false }
        let settings = (index.settings[after.id] ?? []).filter { fit($0, gap) != .impossible }
        let fitting = reductions.filter { fit($0, gap) != .impossible }.prefix(Self.reductionLimit)
        let isSet = settings.contains { fit($0, gap) == .certain }
        var starts: [(quantity: UInt32, setting: Int?)] = isSet ? [] : [(before.quantity, nil)]
        for place in settings {
            guard case .setQuantity(_, let quantity) = changes[place].action else { continue }
            starts.append((quantity, place))
        }
        for start in starts {
            guard start.quantity > after.quantity,
                let chosen = subset(
                    Array(fitting),
                    of: start.quantity - after.quantity,
                    needsAll: start.setting == nil,
                    gap
                )
            else { continue }
            for place in chosen + [start.setting].compactMap(\.self) {
                if fit(place, gap) == .possible, found[place] != gap.upTo { gap.openChanges += 1 }
                found[place] = gap.upTo
            }
            return true
        }
        let denied = reductions.first { place in
            guard case .takeOut(_, let quantity) = changes[place].action, changes[place].isDenied else {
                return false
            }
            return before.quantity == after.quantity + quantity
        }
        guard let denied, setters(of: after.id, to: after.quantity).isEmpty else { return false }
        _ = judge(denied, &gap)
        return true
    }

    /// The reductions whose sum is the total; nil if there are none.
    ///
    /// - Parameter needsAll: the acknowledged ones must be among them.
    private func subset(_ places: [Int], of total: UInt32, needsAll: Bool, _ gap: Gap) -> [Int]? {
        for mask in 1..<(1 << places.count) where places.count > 0 {
            var sum: UInt64 = 0
            var chosen: [Int] = []
            var isAllowed = true
            for (bit, place) in places.enumerated() {
                if mask & (1 << bit) != 0 {
                    guard case .takeOut(_, let quantity) = changes[place].action else { continue }
                    sum += UInt64(quantity)
                    chosen.append(place)
                } else if needsAll, fit(place, gap) == .certain {
                    isAllowed = false
                }
            }
            if isAllowed, sum == UInt64(total) { return chosen }
        }
        return nil
    }
}
