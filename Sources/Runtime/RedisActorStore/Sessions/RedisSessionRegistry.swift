package import ActorRuntime
internal import LogEvents
package import Logging
package import Ownership
package import RedisClient
internal import Synchronization

/// The membership of a cluster on Redis: one hash, `<cluster>:nodes`.
///
/// Has its own connection, and should have its own event loop, so that other work never delays a heartbeat.
package final class RedisSessionRegistry: SessionRegistry {
    /// The default lifetime of a tombstone. If the tombstone of a dead owner was pruned, the first request to
    /// one of its actors waits until the owner was observed again and has a new tombstone.
    package static let standardTombstoneRetention: Duration = .seconds(86_400)
    /// The most unknown fields that are remembered as reported.
    private static let reportedLimit = 1_024

    private let servers: RedisServers
    private let keys: RedisKeys
    private let replicas: Int
    private let tombstoneRetention: Duration
    private let logger: Logger
    private let freshID: @Sendable () -> SessionID
    private let reported = Mutex<Set<[UInt8]>>([])

    /// - Parameters:
    ///   - servers: used by nothing else; run by the caller.
    ///   - replicas: the number of replicas that have to confirm a heartbeat before it extends a lease, and a
    ///     tombstone before it counts. None in a Redis Cluster: its primaries confirm the server instead.
    ///   - tombstoneRetention: the age at which `prune` removes tombstones.
    ///   - freshID: draws 128 random bits, for the id of a data set.
    package init(
        servers: RedisServers,
        cluster: ClusterName = .standard,
        replicas: Int = 0,
        tombstoneRetention: Duration = RedisSessionRegistry.standardTombstoneRetention,
        logger: Logger,
        freshID: @escaping @Sendable () -> SessionID = {
            var generator = SystemRandomNumberGenerator()
            return SessionID(random: &generator)
        }
    ) {
        self.servers = servers
        self.keys = RedisKeys(cluster: cluster)
        self.replicas = replicas
        self.tombstoneRetention = tombstoneRetention
        self.logger = logger
        self.freshID = freshID
    }

    /// The membership on one server.
    package convenience init(
        client: RedisClient,
        cluster: ClusterName = .standard,
        replicas: Int = 0,
        tombstoneRetention: Duration = RedisSessionRegistry.standardTombstoneRetention,
        logger: Logger
    ) {
        self.init(
            servers: .one(client),
            cluster: cluster,
            replicas: replicas,
            tombstoneRetention: tombstoneRetention,
            logger: logger
        )
    }

    private var inCluster: Bool { servers.isCluster }

    package func beat(_ heartbeat: Heartbeat) async throws(StoreFailure) -> HeartbeatAnswer {
        guard let card = EntryCard(card: heartbeat.card, lease: heartbeat.lease).json else {
            throw .refused("the node's card cannot be encoded")
        }
        let confirmation = try await confirmation()
        let answer = try await ask(
            inCluster ? HeartbeatScript.cluster : HeartbeatScript.server,
            HeartbeatScript.arguments(heartbeat, card: card, dataSet: freshID().rawValue)
        )
        switch try HeartbeatScript.finding(answer, inCluster: inCluster) {
        case .dead:
            return .dead
        case .alive(let generation, let time, let members, let unknownFields, let server):
            report(unknownFields)
            let doubt = try await confirmation?.doubt(under: generation)
            return .alive(
                HeartbeatReport(
                    generation: generation,
                    time: time,
                    members: members,
                    doubt: doubt,
                    server: server
                )
            )
        }
    }

    package func writeTombstone(
        _ expired: MembershipObserver.ExpiredSession
    ) async throws(StoreFailure) -> TombstoneAnswer {
        let confirmation = try await confirmation()
        let answer = try TombstoneScript.answer(
            try await ask(
                inCluster ? TombstoneScript.cluster : TombstoneScript.server,
                TombstoneScript.arguments(expired, isConfirmed: replicas > 0)
            )
        )
        switch answer {
        case .moved: break
        case .written:
            // A server that was replaced would lose it, and the session that it ends would go on elsewhere.
            if let doubt = try await confirmation?.doubt(under: expired.generation) {
                throw .unanswered("the tombstone of \(expired.session): \(doubt)")
            }
        }
        return answer
    }

    /// Nil where no replica has to confirm anything.
    private func confirmation() async throws(StoreFailure) -> ReplicaConfirmation? {
        guard replicas > 0, case .one(let client) = servers else { return nil }
        return try await ReplicaConfirmation(client, replicas: replicas)
    }

    package func writeTombstoneUnconditionally(_ session: SessionID) async throws(StoreFailure) {
        try UnconditionalTombstoneScript.check(
            try await ask(
                UnconditionalTombstoneScript.script,
                UnconditionalTombstoneScript.arguments(session)
            )
        )
    }

    /// Removes old tombstones, and the oldest of those that exceed `limit`. To be called now and then, because
    /// each heartbeat's answer has all of them.
    ///
    /// - Returns: the number of tombstones removed.
    @discardableResult
    package func prune(keeping limit: Int) async throws(StoreFailure) -> Int {
        try PruneScript.count(
            try await ask(
                PruneScript.script,
                PruneScript.arguments(retention: tombstoneRetention, keeping: limit)
            )
        )
    }

    private func ask(
        _ script: RedisScript,
        _ arguments: [RedisArgument]
    ) async throws(StoreFailure) -> ScriptAnswer {
        try await servers.ask(script, of: keys.nodes, arguments)
    }

    /// Logs that there are unknown fields, each field once.
    private func report(_ unknownFields: [[UInt8]]) {
        guard !unknownFields.isEmpty else { return }
        let news = reported.withLock { reported in
            unknownFields.filter { reported.count < Self.reportedLimit && reported.insert($0).inserted }
        }
        guard let first = news.first else { return }
        logger.event(
            .redisStrayField,
            [
                "key": "\(keys.nodes)", "fields": .number(news.count),
                "first": "\(String(decoding: first.prefix(128), as: UTF8.self))",
            ]
        )
    }
}
