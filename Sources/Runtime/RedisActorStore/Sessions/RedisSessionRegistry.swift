package import ActorRuntime
package import Logging
package import Ownership
package import RedisClient
internal import Synchronization

/// The membership of a cluster on Redis: one hash, `<cluster>:nodes`.
///
/// Has a connection of its own, and should have an event loop of its own, so that no amount of other work delays a
/// heartbeat.
package final class RedisSessionRegistry: SessionRegistry {
    /// How long a tombstone is kept where nothing else is said. A dead owner whose tombstone was pruned is observed, and
    /// buried again, when somebody asks for one of its actors: the first who asks waits for that.
    package static let standardTombstoneRetention: Duration = .seconds(86_400)
    /// How many strange fields are remembered as reported.
    private static let reportedLimit = 1_024

    private let client: RedisClient
    private let keys: RedisKeys
    private let replicas: Int
    private let tombstoneRetention: Duration
    private let logger: Logger
    private let freshID: @Sendable () -> SessionID
    private let reported = Mutex<Set<[UInt8]>>([])

    /// - Parameters:
    ///   - client: for the registry alone; run by the caller.
    ///   - replicas: how many must confirm a heartbeat before it may extend a lease; 0 where there are none.
    ///   - tombstoneRetention: what `prune` takes for old.
    ///   - freshID: draws 128 random bits, for the id of a data set.
    package init(
        client: RedisClient,
        cluster: ClusterName = .standard,
        replicas: Int = 0,
        tombstoneRetention: Duration = RedisSessionRegistry.standardTombstoneRetention,
        logger: Logger,
        freshID: @escaping @Sendable () -> SessionID = {
            var generator = SystemRandomNumberGenerator()
            return SessionID(random: &generator)
        }
    ) {
        self.client = client
        self.keys = RedisKeys(cluster: cluster)
        self.replicas = replicas
        self.tombstoneRetention = tombstoneRetention
        self.logger = logger
        self.freshID = freshID
    }

    package func beat(_ heartbeat: Heartbeat) async throws(StoreFailure) -> HeartbeatAnswer {
        guard let card = heartbeat.card.json else { throw .refused("the node's card can not be encoded") }
        let confirmation = replicas > 0 ? try await ReplicaConfirmation(client, replicas: replicas) : nil
        let answer = try await ask(
            HeartbeatScript.script,
            HeartbeatScript.arguments(heartbeat, card: card, dataSet: freshID().rawValue)
        )
        switch try HeartbeatScript.finding(answer) {
        case .dead:
            return .dead
        case .alive(let generation, let members, let unknownFields):
            report(unknownFields)
            let confirmed = try await confirmation?.confirm(generation) ?? true
            return .alive(HeartbeatReport(generation: generation, members: members, confirmed: confirmed))
        }
    }

    package func writeTombstone(
        _ expired: MembershipObserver.ExpiredSession
    ) async throws(StoreFailure) -> TombstoneAnswer {
        try TombstoneScript.answer(
            try await ask(TombstoneScript.script, TombstoneScript.arguments(expired))
        )
    }

    package func writeTombstoneUnconditionally(_ session: SessionID) async throws(StoreFailure) {
        try UnconditionalTombstoneScript.check(
            try await ask(
                UnconditionalTombstoneScript.script,
                UnconditionalTombstoneScript.arguments(session)
            )
        )
    }

    /// Removes old tombstones; answers how many. Worth doing now and then: each heartbeat carries them all.
    @discardableResult
    package func prune() async throws(StoreFailure) -> Int {
        try PruneScript.count(
            try await ask(PruneScript.script, PruneScript.arguments(retention: tombstoneRetention))
        )
    }

    private func ask(
        _ script: RedisScript,
        _ arguments: [RedisArgument]
    ) async throws(StoreFailure) -> ScriptAnswer {
        try await client.ask(script, about: "\(script.name) in \(keys.nodes)", keys: [keys.nodes], arguments)
    }

    /// Says once of each field that it is no entry.
    private func report(_ unknownFields: [[UInt8]]) {
        guard !unknownFields.isEmpty else { return }
        let news = reported.withLock { reported in
            unknownFields.filter { reported.count < Self.reportedLimit && reported.insert($0).inserted }
        }
        for name in news {
            logger.warning(
                "A field of the membership is no entry and is passed over",
                metadata: [
                    "key": "\(keys.nodes)", "field": "\(String(decoding: name.prefix(128), as: UTF8.self))",
                ]
            )
        }
    }
}
