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
        let additions = history.additionsToMerged()
        var checks: [Int: CartCheck] = [:]
        for cart in 0..<history.carts {
            let cartHistory = history.cartHistory(of: cart)
            var check = CartCheck(cartHistory, foreignAdditions: additions)
            let eras = cartHistory.eras + [cartHistory.era]
            for (number, era) in eras.enumerated() {
                let isComplete = number == eras.count - 1 && cartHistory.wasInspected
                check.check(era, number, isComplete: isComplete)
                extent.versions += era.log.entries.count
            }
            if let version = stored[cart] { check.compare(cartHistory, stored: version, era: eras.count - 1) }
            extent.add(cartHistory)
            guard check.isPartOfMerge, cartHistory.eras.isEmpty, !cartHistory.isInLossWindow else {
                violations.add(check.violations)
                continue
            }
            checks[cart] = check
        }
        compareTransfers(&checks)
        for (_, check) in checks.sorted(by: { $0.key < $1.key }) { violations.add(check.violations) }
        return CheckResult(violations: violations.kept, counts: violations.counts, extent: extent)
    }
}

extension Checker {
    /// Compares what each merge took with what it brought.
    private func compareTransfers(_ checks: inout [Int: CartCheck]) {
        for (cart, check) in checks {
            for change in check.changes {
                guard case .merge(let source, let id) = change.action, source.number != cart else { continue }
                checks[source.number]?.compareTransfer(id, with: check)
            }
        }
    }
}

extension History {
    /// The operations that added articles to carts that merges may have taken them from.
    fileprivate func additionsToMerged() -> Set<OperationID> {
        var additions = Set<OperationID>()
        for cart in 0..<carts {
            let cartHistory = cartHistory(of: cart)
            let isSource = cartHistory.changes.contains { change in
                guard case .merge(let source, _) = change.action else { return false }
                return source.number == cart
            }
            guard isSource else { continue }
            for change in cartHistory.changes where change.action.addedQuantity != nil {
                additions.insert(change.operation)
            }
        }
        return additions
    }
}

extension CartCheck {
    /// A merge took lines from the cart or brought lines to it, or tried to.
    fileprivate var isPartOfMerge: Bool { !index.arrivals.isEmpty || !index.departures.isEmpty }

    /// Compares the last version that a client received with the stored one.
    fileprivate mutating func compare(_ cartHistory: CartHistory, stored: UInt64, era: Int) {
        // A deletion is acknowledged at a version that no answer shows.
        let told = changes.indices.compactMap { place -> UInt64? in
            if case .exactly(let version) = standing(place, in: era) { version } else { nil }
        }
        let shown = max(cartHistory.era.log.version, told.max() ?? 0)
        guard stored >= shown else {
            return report(.kept, "a client was told of version \(shown), but version \(stored) is stored")
        }
        let open = changes.indices.filter { place in
            // What was found of one may have had another cause. A deletion may be acknowledged without its
            // version.
            switch standing(place, in: era) {
            case .open, .upTo: true
            case .denied, .later, .exactly: false
            }
        }
        guard !open.contains(where: { index.repeats($0) }) else { return }
        // Where no client received a version, the stored one does not say how many there are.
        guard shown > 0 ? stored - shown > UInt64(open.count) : stored > 0 && open.isEmpty else { return }
        report(
            .versions,
            "version \(stored) is stored, version \(shown) was the last that a client was told of, and only"
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
