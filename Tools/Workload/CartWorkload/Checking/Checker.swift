/// Proves from a history that the invariants held, or shows where not.
package struct Checker: Sendable {
    /// How many violations are kept to be read.
    package var limit = 100
    /// The version of each cart as it lies in the store, by number, where that is known; 0 for a cart that is not there.
    package var stored: [Int: UInt64] = [:]
    /// Who was seen to own what, in the order in which it was seen.
    package var facts: [OwnershipFact] = []

    package init() {}

    /// The verdict on a history. To be asked when no attempt is under way, after an inspector's round.
    package func check(_ history: History) -> CheckResult {
        var violations = Violations(limit: limit)
        var extent = CheckResult.Extent()
        violations.check(facts)
        for cart in 0..<history.carts {
            let cartHistory = history.cartHistory(of: cart)
            var check = CartCheck(cartHistory)
            let eras = cartHistory.eras + [cartHistory.era]
            for (number, era) in eras.enumerated() {
                let isComplete = number == eras.count - 1 && cartHistory.wasInspected
                check.check(era, number, isComplete: isComplete)
                extent.versions += era.log.entries.count
            }
            if let version = stored[cart] { check.compare(cartHistory, stored: version, era: eras.count - 1) }
            violations.add(check.violations)
            extent.add(cartHistory)
        }
        return CheckResult(violations: violations.kept, counts: violations.counts, extent: extent)
    }
}

extension CartCheck {
    /// Compares what was shown with what is stored.
    fileprivate mutating func compare(_ cartHistory: CartHistory, stored: UInt64, era: Int) {
        let shown = cartHistory.era.log.version
        guard stored >= shown else {
            return hold(.kept, "version \(shown) was shown, and version \(stored) is stored")
        }
        let open = changes.indices.filter { place in
            guard found[place] == 0, case .open = standing(place, in: era) else { return false }
            return true
        }
        guard stored - shown > UInt64(open.count) else { return }
        hold(
            .versions,
            "version \(stored) is stored, version \(shown) was the last shown, and only \(open.count) changes of"
                + " unknown outcome are left"
        )
    }
}

extension CheckResult.Extent {
    fileprivate mutating func add(_ cartHistory: CartHistory) {
        carts += 1
        attempts += cartHistory.attempts.count
        changes += cartHistory.changes.count
        acknowledged += cartHistory.changes.count { $0.isAcknowledged }
        unknown += cartHistory.changes.count { !$0.isAcknowledged && $0.open > 0 }
        if !cartHistory.wasInspected { unread += 1 }
    }
}
