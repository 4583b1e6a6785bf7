// Attribution of each change of phase and details to the change that made it.
extension CartCheck {
    mutating func explainPhase(_ entry: VersionLog.Entry, _ gap: inout Gap) {
        let isAsBefore = entry.differences.isEmpty && entry.note == note && entry.mark == mark
        if case .ordered(let version) = entry.phase, !isAsBefore,
            entry.phase == phase || gap.after >= version, !gap.isBase
        {
            report(
                .kept,
                "the order of version \(version) is another in \(gap.description) than what was ordered"
            )
        }
        if case .merging(let id) = entry.phase { transfers.depart(id, Array(present.values), isExact: true) }
        guard entry.phase != phase, !gap.isBase else { return }
        if leave(phase, to: entry.phase, &gap), enter(entry.phase, &gap) { return }
        let candidates = candidates(for: entry.phase)
        let isDenied = !candidates.isEmpty && candidates.allSatisfy { changes[$0].isDenied }
        report(
            isDenied ? .denied : .kept,
            "the cart went from \(phase) to \(entry.phase) in \(gap.description), and no operation can have"
                + " done that"
        )
    }

    /// Finds the changes that ended a phase.
    private mutating func leave(
        _ phase: CartObservation.Phase,
        to next: CartObservation.Phase,
        _ gap: inout Gap
    ) -> Bool {
        switch phase {
        case .open:
            return true
        case .ordered:
            return use(index.cancellations, &gap) || beginAnew(next, &gap)
        case .merging(let id):
            // It goes on to its end, or back.
            guard next != .merged(id) else {
                // Between other versions the cart may have been open, and closed again with other lines.
                if gap.upTo > gap.after + 1 { transfers.depart(id, [], isExact: false) }
                return true
            }
            transfers.stay(id)
            return true
        case .merged:
            return beginAnew(next, &gap)
        case .deleted:
            return next == .deleted || beginsDeleted(&gap)
        }
    }

    /// Finds the creation that began a deleted cart anew. A deleted cart has no version that it could expect.
    private mutating func beginsDeleted(_ gap: inout Gap) -> Bool {
        if use(index.creations.filter({ changes[$0].expected == nil }), &gap) { return true }
        guard use(index.creations, &gap) else { return false }
        report(
            .condition,
            "the deleted cart began anew in \(gap.description), by a creation that expects a version"
        )
        return true
    }

    private mutating func beginAnew(_ next: CartObservation.Phase, _ gap: inout Gap) -> Bool {
        if next == .deleted { return true }
        return use(index.deletions, &gap) && beginsDeleted(&gap)
    }

    /// Finds the change that began a phase.
    private mutating func enter(_ phase: CartObservation.Phase, _ gap: inout Gap) -> Bool {
        switch phase {
        case .open:
            return true
        case .ordered(let version):
            return gap.contains(version + 1) && use(candidates(for: phase), &gap)
        case .merging:
            return use(candidates(for: phase), &gap)
        case .merged(let id):
            if !transfers.departed.keys.contains(id) { transfers.depart(id, [], isExact: false) }
            return use(candidates(for: phase), &gap)
        case .deleted:
            return use(index.deletions, &gap)
        }
    }

    private func candidates(for phase: CartObservation.Phase) -> [Int] {
        switch phase {
        case .open: []
        case .ordered(let version):
            index.checkouts.filter { changes[$0].action == .checkOut(version: version) }
        case .merging(let id), .merged(let id):
            index.departures.filter { place in
                if case .merge(_, id) = changes[place].action { true } else { false }
            }
        case .deleted: index.deletions
        }
    }

    mutating func explainDetails(_ entry: VersionLog.Entry, _ gap: inout Gap) {
        guard !gap.isBase else { return }
        explainDetail("note", from: note, to: entry.note, in: entry, &gap) { .setNote($0) }
        explainDetail("mark", from: mark, to: entry.mark, in: entry, &gap) { .setMark($0) }
    }

    /// Finds the change that set or removed a detail.
    ///
    /// - Parameter setting: the action that sets it to an article.
    private mutating func explainDetail(
        _ name: StaticString,
        from old: Article?,
        to new: Article?,
        in entry: VersionLog.Entry,
        _ gap: inout Gap,
        setting: (Article) -> Action
    ) {
        guard new != old else { return }
        guard let new else {
            switch entry.phase {
            case .merged, .deleted: return
            case .open, .ordered, .merging: break
            }
            if use(index.unsettings + index.deletions, &gap) { return }
            return report(
                .kept,
                "the \(name) was lost in \(gap.description), and no operation asked for that"
            )
        }
        let action = setting(new)
        let setters = (index.notes + index.marks).filter { changes[$0].action == action }
        guard !use(setters, &gap) else { return }
        guard let suspect = setters.first else {
            return report(.versions, "\(gap.description) has the \(name) \(new.sku), which no operation set")
        }
        guard found[suspect] == 0 else {
            return report(
                changes[suspect].isAcknowledged ? .kept : .unknown,
                "the \(name) is \(new.sku) again in \(gap.description), but \(changes[suspect]) has its"
                    + " effect in version \(found[suspect])"
            )
        }
        found[suspect] = gap.upTo
        _ = judge(suspect, &gap)
    }

    /// Attributes something to a change that can have done it in the gap, if there is one.
    private mutating func use(_ candidates: [Int], _ gap: inout Gap) -> Bool {
        if let certain = candidates.first(where: { fit($0, gap) == .certain }) {
            // Most creations without a key make no version; this one did.
            let isCreation = changes[certain].action == .create && !changes[certain].isKeyed
            if isCreation, found[certain] != gap.upTo { gap.openChanges += 1 }
            found[certain] = gap.upTo
            return true
        }
        // What was attributed to one elsewhere may have had another cause.
        let free = candidates.filter { fit($0, gap) == .possible }
        let possible = free.isEmpty ? candidates.filter { fit($0, gap, again: true) == .possible } : free
        // One with a key may also have made a version without a difference.
        guard let possible = possible.first(where: { !changes[$0].isKeyed }) ?? possible.first else {
            return false
        }
        if found[possible] != gap.upTo { gap.openChanges += 1 }
        found[possible] = gap.upTo
        return true
    }

    /// Reports lines that are still there although a change of the gap removed all lines.
    mutating func requireWipes(of lines: [UInt32: CartObservation.Line], _ gap: inout Gap) {
        guard !lines.isEmpty else { return }
        let refills =
            index.wipes.isEmpty
            ? []
            : wipes(in: gap).filter { place in
                guard case .refill = changes[place].action else { return false }
                return found[place] == gap.upTo
            }
        guard let wipe = wipes.certain(in: gap).first ?? refills.first else { return }
        for line in lines.keys.sorted() where present[line] != nil {
            report(
                .kept,
                "\(changes[wipe]) has effect in \(gap.description), but line \(line) is still there"
            )
        }
    }

    /// Reports batches of which only a part had effect.
    mutating func requireWholeReplacements(_ gap: inout Gap) {
        for place in gap.arrivedReplacements {
            guard let line = changes[place].action.line, present[line] != nil else { continue }
            report(
                .kept,
                "\(changes[place]) added its article in \(gap.description), and did not remove its line"
            )
        }
        for place in gap.usedReplacements where !gap.arrivedReplacements.contains(place) {
            guard wipes(in: gap).isEmpty else { continue }
            report(
                .kept,
                "\(changes[place]) removed its line in \(gap.description), and did not add its article"
            )
        }
    }
}
