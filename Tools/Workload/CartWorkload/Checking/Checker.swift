/// Checks that a history satisfies every invariant, and reports the violations.
package struct Checker: Sendable {
    /// The most violations that are kept; the rest are only counted.
    package var limit = 100
    /// The stored version of each cart, by number, where it is known; 0 for a cart that is not stored.
    package var stored: [Int: UInt64] = [:]
    /// Observed ownership, in the order of observation.
    package var facts: [OwnershipFact] = []

    package init() {}

    /// Checks a history. No attempt may be in flight; carts that an `Inspector` has not read since count as
    /// unread.
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
    /// Compares the last version that a client received with the stored one.
    fileprivate mutating func compare(_ cartHistory: CartHistory, stored: UInt64, era: Int) {
        let shown = cartHistory.era.log.version
        guard stored >= shown else {
            return report(.kept, "a client received version \(shown), but version \(stored) is stored")
        }
        let open = changes.indices.filter { place in
            guard found[place] == 0, case .open = standing(place, in: era) else { return false }
            return true
        }
        // Where no client received a version, the stored one does not say how many there are.
        guard shown > 0 ? stored - shown > UInt64(open.count) : stored > 0 && open.isEmpty else { return }
        report(
            .versions,
            "version \(stored) is stored, version \(shown) was the last that a client received, and only"
                + " \(open.count) changes of unknown outcome are left"
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
