// Attribution of each difference between two versions to the change that made it.
extension CartCheck {
    mutating func explain(_ entry: VersionLog.Entry, _ gap: inout Gap) {
        let lines = present
        for difference in entry.differences where difference.before == nil {
            explainArrival(difference, &gap)
        }
        for difference in entry.differences {
            guard let before = difference.before else { continue }
            guard let after = difference.after else {
                explainRemoval(difference, &gap)
                continue
            }
            if before.quantity != after.quantity { explainQuantity(from: before, to: after, &gap) }
            if before.price != after.price { explainPrice(from: before, to: after, &gap) }
        }
        for difference in entry.differences {
            present[difference.line] = difference.after
            removedAt[difference.line] = difference.after == nil ? entry.version : nil
        }
        requireWipes(of: lines, &gap)
        requireWholeReplacements(&gap)
        explainPhase(entry, &gap)
        explainDetails(entry, &gap)
        (phase, note, mark) = (entry.phase, entry.note, entry.mark)
    }

    private mutating func explainArrival(_ difference: LineDifference, _ gap: inout Gap) {
        guard let line = difference.after else { return }
        let operation = difference.article.operation
        guard difference.article != .foreign, let place = places[operation].map(Int.init),
            let quantity = changes[place].action.addedQuantity
        else {
            return explainTransfer(line, &gap)
        }
        let change = changes[place]
        if found[place] != 0, !gap.usedReplacements.contains(place) {
            let invariant: Invariant = change.isAcknowledged ? .kept : .unknown
            report(invariant, "\(change) is in version \(found[place]), and again in \(gap.description)")
        }
        if case .replace = change.action { gap.arrivedReplacements.append(place) }
        found[place] = gap.upTo
        guard judge(place, &gap) else { return }
        guard line.quantity != quantity || line.price != CartObservation.Line.addedPrice else { return }
        // After a loss window the line may have a quantity and a price that were set before.
        if gap.isBase, !(index.settings[line.id] ?? []).isEmpty || !(index.prices[line.id] ?? []).isEmpty {
            return
        }
        report(
            change.isAcknowledged ? .kept : .unknown,
            "\(change) is in \(gap.description) with quantity \(line.quantity) and price \(line.price),"
                + " as if applied repeatedly"
        )
    }

    /// Reports a change that must not have effect in a gap.
    ///
    /// - Returns: false if it reported one.
    mutating func judge(_ place: Int, _ gap: inout Gap) -> Bool {
        let change = changes[place]
        if change.era == gap.era, gap.upTo <= change.floor {
            report(
                .order,
                "\(change) has effect in \(gap.description), which a client had received before it was sent"
            )
            return false
        }
        switch standing(place, in: gap.era) {
        case .denied:
            report(
                .denied,
                "\(change) has effect in \(gap.description), but its client was told that it was not applied"
            )
            return false
        case .later:
            report(.order, "\(change) has effect in \(gap.description), before it was sent")
            return false
        case .exactly(let version):
            guard !gap.contains(version) else { return true }
            report(
                .kept,
                "\(change) was acknowledged at version \(version), but has effect in \(gap.description)"
            )
            return false
        case .upTo(let version):
            gap.openChanges += 1
            guard gap.after >= version else { return true }
            report(
                .key,
                "\(change) was acknowledged by version \(version), but has effect in \(gap.description)"
            )
            return false
        case .open:
            gap.openChanges += 1
            guard let expected = change.expected, !gap.isBase, !gap.contains(expected + 1) else {
                return true
            }
            report(
                .condition,
                "\(change) has effect in \(gap.description), but only if the cart was at version \(expected)"
            )
            return false
        }
    }

    func setters(of line: UInt32, to quantity: UInt32) -> [Int] {
        (index.settings[line] ?? []).filter { changes[$0].action == .setQuantity(line: line, quantity) }
    }

    private mutating func explainRemoval(_ difference: LineDifference, _ gap: inout Gap) {
        // A replacement removes its line only where it adds its article, unless something removed that too.
        var wipes = wipes(in: gap)
        if gap.endsDeleted { wipes.reverse() }
        var candidates = index.removals[difference.line] ?? []
        candidates = candidates.filter { place in
            guard case .replace = changes[place].action else { return true }
            return gap.arrivedReplacements.contains(place) || !wipes.isEmpty
                || standing(place, in: gap.era).isKnown
        }
        explainLoss(
            by: candidates.isEmpty && wipes.isEmpty ? index.removals[difference.line] ?? [] : candidates,
            orWipes: wipes,
            mayBeWiped: true,
            describedAs: "line \(difference.line) with \(difference.article.sku) was removed",
            &gap
        )
    }

    private mutating func explainPrice(
        from before: CartObservation.Line,
        to after: CartObservation.Line,
        _ gap: inout Gap
    ) {
        let candidates = (index.prices[after.id] ?? []).filter {
            changes[$0].action == .setPrice(line: after.id, after.price)
        }
        explainLoss(
            by: candidates,
            describedAs: "the price of line \(after.id) with \(after.article.sku) went from \(before.price)"
                + " to \(after.price)",
            &gap
        )
    }

    private mutating func explainQuantity(
        from before: CartObservation.Line,
        to after: CartObservation.Line,
        _ gap: inout Gap
    ) {
        if explainReduction(from: before, to: after, &gap) { return }
        explainLoss(
            by: setters(of: after.id, to: after.quantity),
            describedAs: "line \(after.id) with \(after.article.sku) went from \(before.quantity)"
                + " to \(after.quantity)",
            &gap
        )
    }

    /// Finds the one change that removed a line or changed its quantity or price.
    ///
    /// - Parameter wipes: changes of the gap that may have removed all lines.
    private mutating func explainLoss(
        by candidates: [Int],
        orWipes wipes: [Int] = [],
        mayBeWiped: Bool = false,
        describedAs text: String,
        _ gap: inout Gap
    ) {
        let certain = candidates.filter { fit($0, gap) == .certain }
        if let first = certain.first {
            if certain.count > 1 {
                report(
                    .kept,
                    "\(text) once, but was acknowledged twice: \(certain.map { changes[$0].operation })"
                )
            }
            if found[first] != 0, !gap.arrivedReplacements.contains(first) {
                report(
                    .kept,
                    "\(changes[first]) has effect in version \(found[first]) and in \(gap.description)"
                )
            }
            for place in certain { found[place] = gap.upTo }
            use(first, &gap)
            _ = judge(first, &gap)
            return
        }
        if let wipe = wipes.first(where: { fit($0, gap) == .certain }) {
            found[wipe] = gap.upTo
            return
        }
        let possible = candidates.first {
            fit($0, gap) == .possible && (found[$0] == 0 || gap.arrivedReplacements.contains($0))
        }
        if let possible = possible ?? wipes.first {
            if found[possible] != gap.upTo { gap.openChanges += 1 }
            found[possible] = gap.upTo
            return use(possible, &gap)
        }
        // What was attributed to a change that removes all lines may have had another cause.
        if mayBeWiped, !self.wipes(in: gap, again: true).isEmpty { return }
        guard let suspect = candidates.first else {
            return report(.kept, "\(text) in \(gap.description), and no operation asked for that")
        }
        let again = found[suspect]
        guard again == 0 else {
            return report(
                changes[suspect].isAcknowledged ? .kept : .unknown,
                "\(text) in \(gap.description), but \(changes[suspect]) has its effect in version \(again)"
            )
        }
        found[suspect] = gap.upTo
        _ = judge(suspect, &gap)
    }

    private func use(_ place: Int, _ gap: inout Gap) {
        if case .replace = changes[place].action { gap.usedReplacements.append(place) }
    }
}

extension CartCheck.Standing {
    /// The change was acknowledged in this era.
    var isKnown: Bool {
        switch self {
        case .exactly, .upTo: true
        case .denied, .later, .open: false
        }
    }
}
