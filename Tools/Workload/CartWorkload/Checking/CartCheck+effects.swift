/// Has each acknowledged change its effect, each version its change, and each refusal its reason?
extension CartCheck {
    /// Holds against the cart that a version came about without any change.
    ///
    /// - Parameter known: how many versions of the gap have a change that was acknowledged at it.
    mutating func count(_ gap: Gap, _ entry: VersionLog.Entry, _ known: UInt64) {
        let versions = gap.upTo - gap.after
        guard versions > known else { return }
        var wanted = versions - known
        if gap.after == 0 {
            guard creations.contains(where: { !changes[$0].isDenied }) else {
                return hold(.versions, "\(gap.description): there is a cart, and nobody created it")
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
        hold(
            .versions,
            "\(gap.description): \(versions) came after version \(gap.after), \(known) with acknowledged changes,"
                + " and no change of unknown outcome can have made \(wanted) of the others"
        )
    }

    /// Creations under a key make a version even where the cart is there, as the cart remembers the key.
    ///
    /// - Returns: how many versions of the gap they can have made that nothing else can.
    private mutating func useCreations(_ gap: Gap, atMost wanted: UInt64) -> UInt64 {
        // Who must be first is used first: then what can be explained is.
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

    /// Quantities of unknown outcome that another change of the same gap may hide.
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
                require(place, at: version, log, era, isComplete: isComplete)
            case .upTo(let version):
                // A quantity may have been hidden by another.
                if case .setQuantity = changes[place].action { continue }
                if case .create = changes[place].action { continue }
                guard version <= log.version || isComplete else { continue }
                hold(.kept, "\(changes[place]) was acknowledged by version \(version), and never had effect")
            }
        }
    }

    private mutating func require(
        _ place: Int,
        at version: UInt64,
        _ log: VersionLog,
        _ era: Int,
        isComplete: Bool
    ) {
        let change = changes[place]
        let entry = log.entry(covering: version)
        switch change.action {
        case .create, .read:
            return
        case .setQuantity(let line, let quantity):
            // Who sets what is set already changes nothing.
            if setters(of: line, to: quantity).count > 1 { return }
            // Another change of the same version may have hidden it.
            if let entry, entry.differences.contains(where: { $0.line == line }) { return }
        case .add, .remove:
            break
        }
        guard entry != nil || isComplete else { return }
        // What went before the first version after a loss was not seen to go.
        if era > 0, version <= log.entries.first?.version ?? 0 {
            guard case .add = change.action else { return }
        }
        hold(.kept, "\(change) was acknowledged at version \(version), which does not have its effect")
    }

    /// Holds against the cart that a line was missing that nobody can have taken out.
    mutating func requireReasons(_ missing: [CartHistory.Missing]) {
        for refusal in missing {
            let refused = changes[refusal.change]
            let others = (removals[refusal.line] ?? []).filter { $0 != refusal.change }
            if others.contains(where: { $0 < refusal.sent && !changes[$0].isDenied }) { continue }
            if case .remove = refused.action, refused.open > 0 {
                guard refused.isKeyed else { continue }
                hold(
                    .key,
                    at: refusal.at,
                    "\(refused) found its line missing, which only itself can have taken"
                )
                continue
            }
            hold(.kept, at: refusal.at, "\(refused) found its line missing, which nobody can have taken out")
        }
    }
}

extension VersionLog {
    /// The first entry that is of this version or a later one.
    func entry(covering version: UInt64) -> Entry? {
        guard version <= self.version else { return nil }
        return entries[firstIndex(notBefore: version)]
    }
}
