package import ActorRuntime
package import Ownership

/// The effect of our scripts on Redis, as a value: each function is one script, executed at once.
///
/// The same conformance suite runs against this and against the real thing. Times to live are left out: a
/// record vanishes only where a test says so.
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

        package init(
            owner: SessionID?,
            version: Version,
            attempt: ClaimAttempt,
            commit: CommitID?,
            state: State?
        ) {
            self.owner = owner
            self.version = version
            self.attempt = attempt
            self.commit = commit
            self.state = state
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
        package var entries: [SessionID: Entry] = [:]
        package var dataSet: String?
    }

    package var contents = Contents()
    /// Changes with each restart.
    package private(set) var run: UInt64 = 1
    /// Changes with each fail-over.
    package private(set) var replication: UInt64 = 1
    /// True while enough replicas confirm heartbeats.
    package var confirms = true

    /// True while there is no room for anything new.
    package var isFull = false

    package init() {}

    /// The generation in force. Without a data set id no node was ever told of it.
    package var generation: Generation {
        Generation(
            dataSet: contents.dataSet ?? "",
            run: "run\(run)",
            replication: "replication\(replication)"
        )
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
    package mutating func forget(_ id: ActorID) { contents.slots[id] = nil }
}
