/// What one primary says of itself and the others in the answer to one probe.
package struct ServerWord: Hashable, Sendable {
    package let server: StoreServerID
    /// The server's facts; its configuration epoch among them.
    package let generation: Generation
    /// The server's time when it answered.
    package let time: StoreTime
    /// The highest configuration epoch that the server has heard of.
    package let clusterEpoch: UInt64
    /// The slots that it serves by its own word.
    package let slots: SlotSet
    /// Slots that it serves and migrates, each with the server that takes it.
    package let migrating: [StoreSlot: StoreServerID]
    /// Slots of others that it imports, each with the server that it comes from.
    package let importing: [StoreSlot: StoreServerID]
    /// The other primaries, as it knows them.
    package let others: [ServerView]

    package init(
        server: StoreServerID,
        generation: Generation,
        time: StoreTime,
        clusterEpoch: UInt64,
        slots: SlotSet,
        migrating: [StoreSlot: StoreServerID] = [:],
        importing: [StoreSlot: StoreServerID] = [:],
        others: [ServerView] = []
    ) {
        self.server = server
        self.generation = generation
        self.time = time
        self.clusterEpoch = clusterEpoch
        self.slots = slots
        self.migrating = migrating
        self.importing = importing
        self.others = others
    }

    /// The server's configuration epoch. Grows each time the server is promoted, or takes a slot.
    package var epoch: UInt64 { generation.epoch ?? 0 }

    /// True if the other word differs in nothing but its time.
    package func saysTheSame(as other: ServerWord) -> Bool {
        server == other.server && generation == other.generation && clusterEpoch == other.clusterEpoch
            && slots == other.slots && migrating == other.migrating && importing == other.importing
            && others == other.others
    }

    /// True if both claim the same slots with the same epoch.
    func claimsTheSame(as other: ServerWord) -> Bool {
        epoch == other.epoch && slots == other.slots && migrating == other.migrating
    }

    /// What the server knows of another one; nil if that is no primary for it.
    package func view(of server: StoreServerID) -> ServerView? { others.first { $0.server == server } }
}

/// A primary as another one knows it.
package struct ServerView: Hashable, Sendable {
    package let server: StoreServerID
    package let epoch: UInt64
    package let slots: SlotSet
    /// True if a majority of the primaries could not reach it.
    package let isFailing: Bool

    package init(server: StoreServerID, epoch: UInt64, slots: SlotSet, isFailing: Bool = false) {
        self.server = server
        self.epoch = epoch
        self.slots = slots
        self.isFailing = isFailing
    }
}
