// The requirements that each acknowledged change has its effect, each version a change, and each refusal a
// reason.
extension CartCheck {
    /// Reports versions that no change can have made.
    ///
    /// - Parameters:
    ///   - known: the number of versions of the gap with a change that was acknowledged at them.
    ///   - perhaps: the number of other versions with a change that was acknowledged at them and may have
    ///     changed nothing.
    mutating func count(
        _ gap: Gap,
        _ entry: VersionLog.Entry,
        acknowledged known: UInt64,
        perhaps: UInt64
    ) {
        let versions = gap.versions
        guard versions > known else { return }
        var wanted = versions - known
        if gap.after == 0 {
            guard index.creations.contains(where: { !changes[$0].isDenied }) else {
                return report(.versions, "\(gap.description): the cart exists, but no operation created it")
            }
            if !gap.isBegunByOthers { wanted -= 1 }
        }
        guard wanted > gap.openChanges + perhaps else { return }
        wanted -= gap.openChanges + perhaps
        let unseen = unseenChanges(entry, gap)
        guard wanted > unseen else { return }
        wanted -= unseen
        wanted -= useQuietChanges(gap, atMost: wanted)
        guard wanted > 0 else { return }
        report(
            .versions,
            "\(gap.description): of \(versions) versions, \(known) have acknowledged"
                + " changes, and no change of unknown outcome can have made \(wanted) of the others"
        )
    }

    /// Uses up changes that may make a version without a difference: keyed ones that found nothing to do, as
    /// the cart remembers the key, creations after a deletion, and steps of merges.
    ///
    /// - Returns: how many versions of the gap they can have made that nothing else can.
    private mutating func useQuietChanges(_ gap: Gap, atMost wanted: UInt64) -> UInt64 {
        let isDeletable =
            gap.beginsDeleted || index.deletions.contains { fit($0, gap) != .impossible }
        // The change with the earliest bound is used first, so that as many as possible find a version.
        let candidates = index.quiet.compactMap { place -> (place: Int, latest: UInt64)? in
            let change = changes[place]
            if case .create = change.action, !change.isKeyed, !isDeletable { return nil }
            // What was found of one of unknown outcome may have had another cause.
            let isAmbiguous = !standing(place, in: gap.era).isKnown
            guard found[place] == 0 || index.repeats(place) || isAmbiguous,
                fit(place, gap, again: isAmbiguous) != .impossible
            else { return nil }
            return switch standing(place, in: gap.era) {
            case .exactly: (place, 0)
            case .upTo(let version): (place, version)
            case .open: (place, .max)
            case .denied, .later: nil
            }
        }
        var used: UInt64 = 0
        for candidate in candidates.sorted(by: { $0.latest < $1.latest }) where used < wanted {
            let change = changes[candidate.place]
            guard index.repeats(candidate.place) else {
                found[candidate.place] = gap.upTo
                used += 1
                continue
            }
            used += UInt64(change.attempts * Self.versionsOfMerge)
        }
        return min(used, wanted)
    }

    /// The most versions of one cart that one attempt at a merge makes.
    private static let versionsOfMerge = 4

    /// The number of changes of unknown outcome that other changes of the same gap may hide.
    private func unseenChanges(_ entry: VersionLog.Entry, _ gap: Gap) -> UInt64 {
        let isWiped = !index.wipes.isEmpty && !wipes(in: gap).isEmpty
        var unseen: UInt64 = 0
        for line in Set(entry.differences.map(\.line)) {
            var places = [index.settings[line], index.prices[line], index.reductions[line]]
            if isWiped { places.append(index.removals[line]) }
            unseen += UInt64(places.reduce(0) { $0 + ($1 ?? []).count { isUnseen($0, gap) } })
        }
        // Details that came and went within the gap leave no difference.
        if gap.changesDetails || isWiped || mayHaveLostDetails(in: gap) {
            let details = index.notes + index.marks + index.unsettings
            unseen += UInt64(details.count { isUnseen($0, gap) })
        }
        guard isWiped else { return unseen }
        let additions = changes.indices.count { place in
            changes[place].action.addedQuantity != nil && isUnseen(place, gap)
        }
        return unseen + UInt64(additions)
    }

    private func isUnseen(_ place: Int, _ gap: Gap) -> Bool {
        found[place] == 0 && fit(place, gap) == .possible
    }

    mutating func requireEffects(_ log: VersionLog, _ era: Int, isComplete: Bool) {
        for place in changes.indices where found[place] == 0 {
            switch standing(place, in: era) {
            case .denied, .later, .open:
                continue
            case .exactly(let version):
                require(place, at: version, log, era: era, isComplete: isComplete)
            case .upTo(let version):
                switch changes[place].action {
                // Another change may have hidden it, or it had nothing to do.
                case .setQuantity, .setPrice, .setNote, .setMark, .unsetDetails, .create, .takeOut, .clear,
                    .checkOut, .cancelCheckout, .delete, .merge, .read:
                    continue
                case .add, .remove, .replace, .refill:
                    guard index.wipes.isEmpty, version <= log.version || isComplete else { continue }
                }
                report(
                    .kept,
                    "\(changes[place]) was acknowledged by version \(version), but never had effect"
                )
            }
        }
    }

    private mutating func require(
        _ place: Int,
        at version: UInt64,
        _ log: VersionLog,
        era: Int,
        isComplete: Bool
    ) {
        let change = changes[place]
        let covering = version <= log.version ? log.firstIndex(notBefore: version) : nil
        let entry = covering.map { log.entries[$0] }
        let former = covering.flatMap { $0 > 0 ? log.entries[$0 - 1] : nil }
        guard entry != nil || isComplete else { return }
        if let entry {
            let gap = Gap(after: former?.version ?? 0, upTo: entry.version, era: era)
            if mayBeInvisible(place, at: version, in: entry, after: former, gap) { return }
        } else if change.action.mayChangeNothing || mayBeDeleted(after: log, era) {
            return
        }
        // The first version after a loss window does not show what had been removed before it.
        if era > 0, version <= log.entries.first?.version ?? 0 {
            guard case .add = change.action else { return }
        }
        report(.kept, "\(change) was acknowledged at version \(version), which does not have its effect")
    }

    /// True if a deletion may have made a version after all that clients received: no answer shows it.
    private func mayBeDeleted(after log: VersionLog, _ era: Int) -> Bool {
        guard isFoundDeleted else { return false }
        let rest = Gap(after: log.version, upTo: .max, era: era)
        return index.deletions.contains { fit($0, rest, again: true) != .impossible }
    }

    /// True if the change, which was acknowledged at a version of the gap, may be without visible effect.
    private func mayBeInvisible(
        _ place: Int,
        at version: UInt64,
        in entry: VersionLog.Entry,
        after former: VersionLog.Entry?,
        _ gap: Gap
    ) -> Bool {
        switch changes[place].action {
        case .create, .clear, .merge, .read:
            return true
        case .setQuantity(let line, let quantity):
            // Setting a quantity that is already set changes nothing. Another change may have hidden it.
            return setters(of: line, to: quantity).count > 1
                || entry.differences.contains { $0.line == line }
        case .setPrice(let line, _):
            return entry.differences.contains { $0.line == line }
        case .takeOut(let line, _):
            if let removal = removedAt[line], removal <= entry.version { return true }
            return entry.differences.contains { $0.line == line }
        // What removed it would have removed the former one too, and none comes back.
        case .setNote:
            return former?.note != entry.note || (entry.note == nil && mayHaveLostDetails(in: gap))
        case .setMark:
            return former?.mark != entry.mark || (entry.mark == nil && mayHaveLostDetails(in: gap))
        case .unsetDetails:
            // What is there in spite of it must have come in the same gap.
            let details = [(former?.note, entry.note), (former?.mark, entry.mark)]
            return details.allSatisfy { $1 == nil || $0 != $1 }
        case .checkOut(let ordered):
            if entry.phase == .ordered(version: ordered) { return true }
            return (index.cancellations + index.deletions + index.departures).contains {
                fit($0, gap, again: true) != .impossible
            }
        case .cancelCheckout, .delete:
            guard case .ordered(let ordered) = entry.phase else { return true }
            // One of the same commit may have come after a cancellation that found none.
            return ordered + 1 >= version
        case .add, .replace, .refill, .remove:
            return wipes(in: gap, again: true).contains { $0 != place }
        }
    }

    /// True if a change of the gap may have removed the note and the mark.
    private func mayHaveLostDetails(in gap: Gap) -> Bool {
        (index.deletions + index.departures + index.unsettings).contains {
            fit($0, gap, again: true) != .impossible
        }
    }

    /// Reports refusals whose reason no operation can have given.
    mutating func requireReasons(_ refusals: [CartHistory.Refusal]) {
        for refusal in refusals {
            let givers: [Int]
            let what: String
            switch refusal.reason {
            case .lineMissing(let line):
                givers = (index.removals[line] ?? []) + index.wipes
                what = "found its line missing, which no operation can have removed"
            case .deleted:
                givers = index.deletions
                what = "found the cart deleted, which no operation can have done"
            case .ordered:
                givers = index.checkouts
                what = "found the cart ordered, which no operation can have done"
            case .merged:
                givers = index.departures
                what = "found the cart merged, which no operation can have done"
            }
            let others = givers.filter { $0 != refusal.change }
            if others.contains(where: { $0 < refusal.sent && !changes[$0].isDenied }) { continue }
            guard let place = refusal.change else {
                report(.kept, at: refusal.at, "operation \(refusal.operation) \(what)")
                continue
            }
            let refused = changes[place]
            if case .lineMissing(let line) = refusal.reason, refused.open > 0,
                index.removals[line]?.contains(place) == true
            {
                guard refused.isKeyed else { continue }
                report(
                    .key,
                    at: refusal.at,
                    "\(refused) found its line missing, which only the operation itself can have removed"
                )
                continue
            }
            report(.kept, at: refusal.at, "\(refused) \(what)")
        }
    }
}
