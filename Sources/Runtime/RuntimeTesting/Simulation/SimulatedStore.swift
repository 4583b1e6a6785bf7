package import ActorRuntime
package import Ownership

/// The effect of our scripts on Redis, as a value: each function is one script, executed at once.
///
/// The same conformance suite runs against this and against the real thing. A record's end of life is left to
/// whoever runs the simulation: see `expire`.
package struct SimulatedStore<State: Sendable>: Sendable {
    /// An actor as it is stored.
    package struct Record: Sendable {
        package var owner: SessionID?
        package var version: Version
        package var attempt: ClaimAttempt
        /// The commit that led to the content, if any did.
        package var commit: CommitID?
        /// Nil before the first commit.
        package var state: State?
        /// The record's own time to live; nil for the usual one.
        package var life: Duration?

        package init(
            owner: SessionID?,
            version: Version,
            attempt: ClaimAttempt,
            commit: CommitID?,
            state: State?,
            life: Duration? = nil
        ) {
            self.owner = owner
            self.version = version
            self.attempt = attempt
            self.commit = commit
            self.state = state
            self.life = life
        }
    }

    /// A server of a cluster.
    package struct Server: Sendable, Hashable {
        package var id: StoreServerID
        /// The configuration epoch.
        package var epoch: UInt64
        /// The tag of the key with the data set's id.
        package var marker: String

        package init(id: StoreServerID, epoch: UInt64, marker: String) {
            self.id = id
            self.epoch = epoch
            self.marker = marker
        }
    }

    /// The content of an actor's key.
    package enum Slot: Sendable {
        case record(Record)
        /// Something that scripts refuse to touch, with the reason.
        case unreadable(String)
    }

    /// The content of a session's field.
    package enum Entry: Sendable, Hashable {
        case member(Member, since: UInt64)
        /// No entry of ours.
        case malformed
    }

    /// The data, as a loss may bring an old copy of it back.
    package struct Contents: Sendable {
        package var slots: [ActorID: Slot] = [:]
        /// The records of keys that another hand has overwritten.
        fileprivate var overwritten: [ActorID: Record] = [:]
        /// The server's time, in microseconds since 1970, at which a script last put off an actor's end of
        /// life.
        fileprivate var touched: [ActorID: UInt64] = [:]
        package var entries: [SessionID: Entry] = [:]
        package var dataSet: String?
    }

    package var contents = Contents()
    /// Changes with each restart.
    package private(set) var run: UInt64 = 1
    /// Changes with each fail-over.
    package private(set) var replication: UInt64 = 1
    /// What it is in a cluster; nil for a store of one server.
    package var server: Server?
    /// True while enough replicas confirm heartbeats and tombstones.
    package var confirms = true

    /// The server's time in microseconds since 1970, for the script that is executed now.
    var time: UInt64 = 0

    /// True while there is no room for anything new.
    package var isFull = false

    package init() {}

    /// The generation in force. Without a data set id no node was ever told of it.
    package var generation: Generation { generation(marker: server?.marker) }

    /// The generation as a heartbeat tells it.
    var generationOfSessions: Generation { generation(marker: nil) }

    private func generation(marker: String?) -> Generation {
        Generation(
            dataSet: contents.dataSet ?? "",
            run: "run\(run)",
            replication: "replication\(replication)",
            epoch: server?.epoch,
            marker: marker
        )
    }

    /// True if a call may be executed here that names a generation: that, or the one of its target, is in force.
    func isNamed(by named: Generation) -> Bool {
        let own = generation.description
        return named.description.split(separator: " ").contains { $0 == own }
    }

    /// The record of an actor, or nil where there is none.
    func record(_ id: ActorID) throws(StoreFailure) -> Record? {
        switch contents.slots[id] {
        case nil: nil
        case .record(let record): record
        case .unreadable(let reason): throw .unreadable("actor \(id): \(reason)")
        }
    }
}

/// Ends of life.
extension SimulatedStore {
    /// Stores a record, which puts off its end of life.
    mutating func write(_ record: Record, for id: ActorID) {
        contents.slots[id] = .record(record)
        touch(id)
    }

    /// Puts off an actor's end of life.
    mutating func touch(_ id: ActorID) { contents.touched[id] = time }

    /// The time since a script last put off an actor's end of life; nil if none did.
    package func age(of id: ActorID, at time: UInt64) -> Duration? {
        contents.touched[id].map { .microseconds(time - min(time, $0)) }
    }

    /// Removes the records whose end of life was not put off for `retention`, or for their own time to live.
    ///
    /// - Parameter time: microseconds since 1970 by the server's clock.
    /// - Returns: the ids of those that it removed, in ascending order.
    package mutating func expire(after retention: Duration, at time: UInt64) -> [ActorID] {
        let expired = contents.slots.compactMap { id, slot -> ActorID? in
            let life =
                switch slot {
                case .record(let record): record.life ?? retention
                case .unreadable: retention
                }
            return age(of: id, at: time).map { $0 >= life } == true ? id : nil
        }
        for id in expired { forget(id) }
        return expired.sorted { $0.rawValue < $1.rawValue }
    }
}

/// Another hand on the keys.
extension SimulatedStore {
    /// Overwrites an actor's key with something that scripts refuse to touch.
    package mutating func overwrite(_ id: ActorID, with reason: String) {
        if case .record(let record)? = contents.slots[id] { contents.overwritten[id] = record }
        contents.slots[id] = .unreadable(reason)
    }

    /// Puts back what was overwritten, if the key is still unreadable.
    ///
    /// - Returns: false if it was not.
    @discardableResult
    package mutating func putBack(_ id: ActorID) -> Bool {
        guard case .unreadable? = contents.slots[id] else { return false }
        contents.slots[id] = contents.overwritten.removeValue(forKey: id).map { .record($0) }
        return true
    }
}

/// Loss of data.
extension SimulatedStore {
    /// Everything is gone; the process goes on.
    package mutating func flush() { contents = Contents() }

    /// The process ends and another begins, with `contents` or, where nil, with all there was.
    package mutating func restart(with contents: Contents? = nil) {
        run += 1
        replication += 1
        if let contents { self.contents = contents }
    }

    /// A replica takes over, with `contents` or, where nil, with all there was.
    package mutating func failOver(with contents: Contents? = nil) {
        restart(with: contents)
    }

    /// One actor's record is gone.
    package mutating func forget(_ id: ActorID) {
        contents.slots[id] = nil
        contents.overwritten[id] = nil
        contents.touched[id] = nil
    }
}
