/// Which change made a difference?
extension CartCheck {
    mutating func explain(_ difference: LineDifference, _ gap: inout Gap) {
        if difference.before == 0 {
            explainArrival(difference, &gap)
        } else if difference.after == 0 {
            let candidates = removals[difference.line] ?? []
            explainLoss(
                difference,
                by: candidates,
                "line \(difference.line) with \(difference.article.sku) went",
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
            return hold(
                .versions,
                "\(gap.description) has line \(difference.line), whose article nobody added"
            )
        }
        let change = changes[place]
        if found[place] != 0 {
            let invariant: Invariant = change.isAcknowledged ? .kept : .unknown
            hold(invariant, "\(change) is in version \(found[place]) and came again in \(gap.description)")
        }
        found[place] = gap.upTo
        guard judge(place, &gap) else { return }
        guard difference.after != quantity else { return }
        // After a loss the line may come with a quantity that was set before.
        if gap.isBase,
            setters(of: difference.line, to: difference.after).contains(where: { !changes[$0].isDenied })
        {
            return
        }
        hold(
            change.isAcknowledged ? .kept : .unknown,
            "\(change) came in \(gap.description) with quantity \(difference.after), as if done more than once"
        )
    }

    /// Whether a change may have effect in a gap; says so if not.
    private mutating func judge(_ place: Int, _ gap: inout Gap) -> Bool {
        let change = changes[place]
        if change.era == gap.era, gap.upTo <= change.floor {
            hold(
                .order,
                "\(change) has effect in \(gap.description), which was shown before it was sent"
            )
            return false
        }
        switch standing(place, in: gap.era) {
        case .denied:
            hold(
                .denied,
                "\(change) was not applied, its client was told; it has effect in \(gap.description)"
            )
            return false
        case .later:
            hold(.order, "\(change) has effect in \(gap.description), before it was sent")
            return false
        case .exactly(let version):
            guard !gap.contains(version) else { return true }
            hold(
                .kept,
                "\(change) was acknowledged at version \(version), and had effect in \(gap.description)"
            )
            return false
        case .upTo(let version):
            gap.openChanges += 1
            guard gap.after >= version else { return true }
            hold(
                .key,
                "\(change) was acknowledged by version \(version), and had effect in \(gap.description)"
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
        let what =
            "line \(difference.line) with \(difference.article.sku) went from \(difference.before) to \(difference.after)"
        explainLoss(difference, by: candidates, what, &gap)
    }

    /// Finds the one change that made a line go, or its quantity another.
    private mutating func explainLoss(
        _ difference: LineDifference,
        by candidates: [Int],
        _ what: String,
        _ gap: inout Gap
    ) {
        let certain = candidates.filter { place in
            guard case .exactly(let version) = standing(place, in: gap.era) else { return false }
            return gap.contains(version)
        }
        if let first = certain.first {
            if certain.count > 1 {
                hold(
                    .kept,
                    "\(what) once, and was acknowledged twice: \(certain.map { changes[$0].operation })"
                )
            }
            if found[first] != 0 {
                hold(.kept, "\(changes[first]) had effect in version \(found[first]) and \(gap.description)")
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
            return hold(.kept, "\(what) in \(gap.description), and nobody wanted that")
        }
        let again = found[suspect]
        guard again == 0 else {
            return hold(
                changes[suspect].isAcknowledged ? .kept : .unknown,
                "\(what) in \(gap.description): \(changes[suspect]) had its effect in version \(again) already"
            )
        }
        found[suspect] = gap.upTo
        _ = judge(suspect, &gap)
    }
}
