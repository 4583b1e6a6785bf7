// Attribution of each difference between two versions to the change that made it.
extension CartCheck {
    mutating func explain(_ difference: LineDifference, _ gap: inout Gap) {
        if difference.before == 0 {
            explainArrival(difference, &gap)
        } else if difference.after == 0 {
            let candidates = removals[difference.line] ?? []
            explainLoss(
                difference,
                by: candidates,
                describedAs: "line \(difference.line) with \(difference.article.sku) was removed",
                &gap
            )
        } else {
            explainQuantity(difference, &gap)
        }
    }

    private mutating func explainArrival(_ difference: LineDifference, _ gap: inout Gap) {
        let operation = difference.article.operation
        guard difference.article != .foreign, let place = places[operation].map(Int.init),
            case .add(_, let quantity) = changes[place].action
        else {
            return report(
                .versions,
                "\(gap.description) has line \(difference.line), whose article no operation added"
            )
        }
        let change = changes[place]
        if found[place] != 0 {
            let invariant: Invariant = change.isAcknowledged ? .kept : .unknown
            report(invariant, "\(change) is in version \(found[place]), and again in \(gap.description)")
        }
        found[place] = gap.upTo
        guard judge(place, &gap) else { return }
        guard difference.after != quantity else { return }
        // After a loss window the line may have a quantity that was set before.
        if gap.isBase,
            setters(of: difference.line, to: difference.after).contains(where: { !changes[$0].isDenied })
        {
            return
        }
        report(
            change.isAcknowledged ? .kept : .unknown,
            "\(change) is in \(gap.description) with quantity \(difference.after), as if applied repeatedly"
        )
    }

    /// Reports a change that must not have effect in a gap.
    ///
    /// - Returns: false if it reported one.
    private mutating func judge(_ place: Int, _ gap: inout Gap) -> Bool {
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
            return true
        }
    }

    func setters(of line: UInt32, to quantity: UInt32) -> [Int] {
        (settings[line] ?? []).filter { changes[$0].action == .setQuantity(line: line, quantity) }
    }

    private mutating func explainQuantity(_ difference: LineDifference, _ gap: inout Gap) {
        let candidates = setters(of: difference.line, to: difference.after)
        let text =
            "line \(difference.line) with \(difference.article.sku) went from \(difference.before)"
            + " to \(difference.after)"
        explainLoss(difference, by: candidates, describedAs: text, &gap)
    }

    /// Finds the one change that removed a line or changed its quantity.
    private mutating func explainLoss(
        _ difference: LineDifference,
        by candidates: [Int],
        describedAs text: String,
        _ gap: inout Gap
    ) {
        let certain = candidates.filter { place in
            guard case .exactly(let version) = standing(place, in: gap.era) else { return false }
            return gap.contains(version)
        }
        if let first = certain.first {
            if certain.count > 1 {
                report(
                    .kept,
                    "\(text) once, but was acknowledged twice: \(certain.map { changes[$0].operation })"
                )
            }
            if found[first] != 0 {
                report(
                    .kept,
                    "\(changes[first]) has effect in version \(found[first]) and in \(gap.description)"
                )
            }
            for place in certain { found[place] = gap.upTo }
            _ = judge(first, &gap)
            return
        }
        let possible = candidates.first { place in
            guard found[place] == 0, changes[place].era < gap.era || changes[place].floor < gap.upTo else {
                return false
            }
            return switch standing(place, in: gap.era) {
            case .open: true
            case .upTo(let version): version > gap.after
            case .denied, .later, .exactly: false
            }
        }
        if let possible {
            found[possible] = gap.upTo
            gap.openChanges += 1
            return
        }
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
}
