/// Where slots lie, and who the primaries are.
extension ShardLedger {
    /// True if the word claims slots, and each of them is another server's, by that one's own word and a higher
    /// epoch.
    func isSuperseded(_ word: ServerWord) -> Bool {
        guard !word.slots.isEmpty else { return false }
        let overruled = groups.map { group in
            guard let owner = group.place?.server, owner != word.server else { return false }
            return servers[owner].map { word.epoch <= $0.word.epoch } ?? false
        }
        return isEach(of: word.slots, in: overruled)
    }

    /// True if each slot's group has this mark.
    private func isEach(of slots: SlotSet, in marks: [Bool]) -> Bool {
        for range in slots.ranges {
            for slot in range where !marks[Int(groupOf[Int(slot)])] { return false }
        }
        return true
    }

    /// Finds the Where of each slot, and puts those whose Where has changed into groups of their own.
    ///
    /// - Returns: true if there are any.
    mutating func regroup(at now: Instant) -> Bool {
        let ids = servers.keys.sorted()
        let owners = findOwners(among: ids)
        let migrates = ids.map { servers[$0]?.word.migrating.isEmpty == false }
        let former = groups.map { group in
            // No server has this number: a slot of one that is unknown now has moved in any case.
            (
                owner: group.place.map { ids.firstIndex(of: $0.server) ?? -2 } ?? -1,
                isOpen: group.place?.target != nil
            )
        }
        var moved: [Move: UInt16] = [:]
        for slot in 0..<StoreSlot.count {
            let from = groupOf[slot]
            let owner = owners[slot]
            let (formerOwner, wasOpen) = former[Int(from)]
            // Nearly all stay, and none of them is open.
            if owner == formerOwner, !wasOpen, owner < 0 || !migrates[owner] { continue }
            let place = owner < 0 ? nil : self.place(of: StoreSlot(UInt16(slot)), servedBy: ids[owner])
            guard place != groups[Int(from)].place else { continue }
            let move = Move(from: from, to: place)
            if let index = moved[move] {
                groupOf[slot] = index
            } else {
                let index = UInt16(groups.count)
                moved[move] = index
                groupOf[slot] = index
                groups.append(split(groups[Int(from)], to: place, at: now))
            }
        }
        guard !moved.isEmpty else { return false }
        removeEmptyGroups()
        return true
    }

    private struct Move: Hashable {
        let from: UInt16
        let to: SlotPlace?
    }

    /// The group of slots that have moved out of another one.
    private mutating func split(_ former: Group, to place: SlotPlace?, at now: Instant) -> Group {
        var group = former
        if SafetyRule.verifyAfterChange.holds { endStamp(of: &group, at: now) }
        group.place = place
        group.changedAt = now
        group.movedAt = now
        group.hasHeardEveryone = false
        return group
    }

    private func place(of slot: StoreSlot, servedBy id: StoreServerID) -> SlotPlace {
        let target = servers[id]?.word.migrating[slot]
        return SlotPlace(server: id, target: target == id ? nil : target)
    }

    /// The server that serves each slot: of those that say so themselves, the one with the highest epoch. Marks those
    /// that serve none of the slots that they claim.
    ///
    /// - Returns: by slot, the server's place in `ids`; -1 where nobody serves it.
    private mutating func findOwners(among ids: [StoreServerID]) -> [Int] {
        var owners = [Int](repeating: -1, count: StoreSlot.count)
        let claims = ids.compactMap { servers[$0] }
        for (index, claim) in claims.enumerated() {
            for range in claim.word.slots.ranges {
                for slot in range {
                    let other = owners[Int(slot)]
                    guard other < 0 || overrules(claim, over: claims[other], in: slot) else { continue }
                    owners[Int(slot)] = index
                }
            }
        }
        var serves = [Bool](repeating: false, count: ids.count)
        for owner in owners where owner >= 0 { serves[owner] = true }
        for (index, id) in ids.enumerated() {
            servers[id]?.isSuperseded = !claims[index].word.slots.isEmpty && !serves[index]
        }
        return owners
    }

    /// True if a server has the slot that another one claims too.
    private func overrules(_ claim: Server, over other: Server, in slot: UInt16) -> Bool {
        guard SafetyRule.oldFactsIgnored.holds else { return claim.receivedAt > other.receivedAt }
        if claim.word.epoch != other.word.epoch { return claim.word.epoch > other.word.epoch }
        // With one and the same epoch nobody is overruled: what was known stays.
        return group(of: StoreSlot(slot)).place?.server == claim.word.server
    }

    private mutating func removeEmptyGroups() {
        var places: [UInt16?] = Array(repeating: nil, count: groups.count)
        var kept: [Group] = []
        for slot in groupOf.indices {
            let former = Int(groupOf[slot])
            if let place = places[former] {
                groupOf[slot] = place
            } else {
                let place = UInt16(kept.count)
                kept.append(groups[former])
                places[former] = place
                groupOf[slot] = place
            }
        }
        groups = kept
    }

    // MARK: Primaries

    /// Finds the primaries of the cluster: what servers say of themselves, and of each other.
    mutating func findPrimaries(at now: Instant) {
        let current = servers.filter { !$0.value.isSuperseded }
        let serving = Set(groups.compactMap { $0.place?.server })
        let views = current.values.flatMap(\.word.others)
        let named = Set(views.map(\.server))
        for (id, server) in servers where server.sentAt + policy.right <= now {
            if !serving.contains(id), !named.contains(id) { servers[id] = nil }
        }
        var found = serving
        var serves = serving
        for view in views where servers[view.server]?.isSuperseded != true {
            if servers[view.server] == nil, isServing(view) {
                found.insert(view.server)
                serves.insert(view.server)
            } else if !view.isFailing || servers[view.server]?.word.importing.isEmpty == false {
                found.insert(view.server)
            }
        }
        primaries = found.sorted()
        voters = serves.sorted()
        importers = servers.filter { !$0.value.isSuperseded && !$0.value.word.importing.isEmpty }.keys
            .sorted()
    }

    /// True if a server that was never heard has slots that nobody serves by a word of their own with a higher epoch.
    private func isServing(_ view: ServerView) -> Bool {
        guard !view.slots.isEmpty else { return false }
        let overruled = groups.map { group in
            group.place.flatMap { servers[$0.server] }.map { $0.word.epoch > view.epoch } ?? false
        }
        return !isEach(of: view.slots, in: overruled)
    }
}
