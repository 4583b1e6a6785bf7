// The requirements that each acknowledged change has its effect, each version a change, and each refusal a
// reason.
extension CartCheck {
    /// Reports versions that no change can have made.
    ///
    /// - Parameter known: how many versions of the gap have a change that was acknowledged at them.
    mutating func count(_ gap: Gap, _ entry: VersionLog.Entry, acknowledged known: UInt64) {
        let versions = gap.versions
        guard versions > known else { return }
        var wanted = versions - known
        if gap.after == 0 {
            guard creations.contains(where: { !changes[$0].isDenied }) else {
                return report(.versions, "\(gap.description): the cart exists, but no operation created it")
            }
            if !gap.isBegunByOthers { wanted -= 1 }
        }
        guard wanted > gap.openChanges else { return }
        wanted -= gap.openChanges
        let unseen = unseenSettings(entry, gap)
        guard wanted > unseen else { return }
        wanted -= unseen
        wanted -= useCreations(gap, atMost: wanted)
        guard wanted > 0 else { return }
        report(
            .versions,
            "\(gap.description): of \(versions) versions, \(known) have acknowledged"
                + " changes, and no change of unknown outcome can have made \(wanted) of the others"
        )
    }

    /// Uses up keyed creations: they make a version even of an existing cart, as the cart remembers the key.
    ///
    /// - Returns: how many versions of the gap they can have made that nothing else can.
    private mutating func useCreations(_ gap: Gap, atMost wanted: UInt64) -> UInt64 {
        // The creation with the earliest bound is used first, so that as many as possible find a version.
        let candidates = creations.compactMap { place -> (place: Int, latest: UInt64)? in
            let change = changes[place]
            guard found[place] == 0, change.isKeyed, change.era < gap.era || change.floor < gap.upTo else {
                return nil
            }
            return switch standing(place, in: gap.era) {
            case .exactly(let version): gap.contains(version) ? (place, 0) : nil
            case .upTo(let version): version > gap.after ? (place, version) : nil
            case .open: (place, .max)
            case .denied, .later: nil
            }
        }
        var used: UInt64 = 0
        for candidate in candidates.sorted(by: { $0.latest < $1.latest }) where used < wanted {
            found[candidate.place] = gap.upTo
            used += 1
        }
        return used
    }

    /// The number of quantities of unknown outcome that another change of the same gap may hide.
    private func unseenSettings(_ entry: VersionLog.Entry, _ gap: Gap) -> UInt64 {
        var unseen: UInt64 = 0
        for line in Set(entry.differences.map(\.line)) {
            for place in settings[line] ?? [] where found[place] == 0 {
                switch standing(place, in: gap.era) {
                case .open, .upTo: unseen += 1
                case .denied, .later, .exactly: break
                }
            }
        }
        return unseen
    }

    mutating func requireEffects(_ log: VersionLog, _ era: Int, isComplete: Bool) {
        for place in changes.indices where found[place] == 0 {
            switch standing(place, in: era) {
            case .denied, .later, .open:
                continue
            case .exactly(let version):
                require(place, at: version, log, era: era, isComplete: isComplete)
            case .upTo(let version):
                // A quantity may have been hidden by another.
                if case .setQuantity = changes[place].action { continue }
                if case .create = changes[place].action { continue }
                guard version <= log.version || isComplete else { continue }
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
        let entry = log.entry(covering: version)
        switch change.action {
        case .create, .read:
            return
        case .setQuantity(let line, let quantity):
            // Setting a quantity that is already set changes nothing.
            if setters(of: line, to: quantity).count > 1 { return }
            // Another change of the same version may have hidden it.
            if let entry, entry.differences.contains(where: { $0.line == line }) { return }
        case .add, .remove:
            break
        }
        guard entry != nil || isComplete else { return }
        // The first version after a loss window does not show what had been removed before it.
        if era > 0, version <= log.entries.first?.version ?? 0 {
            guard case .add = change.action else { return }
        }
        report(.kept, "\(change) was acknowledged at version \(version), which does not have its effect")
    }

    /// Reports refusals for a missing line that no operation can have removed.
    mutating func requireReasons(_ missing: [CartHistory.Missing]) {
        for refusal in missing {
            let refused = changes[refusal.change]
            let others = (removals[refusal.line] ?? []).filter { $0 != refusal.change }
            if others.contains(where: { $0 < refusal.sent && !changes[$0].isDenied }) { continue }
            if case .remove = refused.action, refused.open > 0 {
                guard refused.isKeyed else { continue }
                report(
                    .key,
                    at: refusal.at,
                    "\(refused) found its line missing, which only the operation itself can have removed"
                )
                continue
            }
            report(
                .kept,
                at: refusal.at,
                "\(refused) found its line missing, which no operation can have removed"
            )
        }
    }
}

extension VersionLog {
    /// The first entry of this version or a later one.
    func entry(covering version: UInt64) -> Entry? {
        guard version <= self.version else { return nil }
        return entries[firstIndex(notBefore: version)]
    }
}
