internal import ActorRuntime
internal import Ownership
internal import RuntimeTesting

/// The session registry of one simulated process, on a Redis connection of its own.
struct SimulatedRegistry: SessionRegistry {
    /// Age in seconds after which a tombstone is removed: a day, as in the product.
    private static let pruneAge: UInt64 = 86_400

    let connection: SimulatedRedisConnection
    let oracle: OwnershipOracle

    func beat(_ heartbeat: Heartbeat) async throws(StoreFailure) -> HeartbeatAnswer {
        let dataSet = connection.server.redis.freshDataSet()
        return try await connection.execute("beat", about: "\(heartbeat.session)") {
            (store, time) throws(StoreFailure) in
            try store.beat(heartbeat, dataSet: dataSet, at: time)
        }
    }

    func writeTombstone(_ expired: MembershipObserver.ExpiredSession) async throws(StoreFailure)
        -> TombstoneAnswer
    {
        try await connection.execute("tombstone", about: "\(expired.session)") {
            [oracle] (store, time) throws(StoreFailure) in
            let answer = store.writeTombstone(expired, at: time)
            // Also one that is not confirmed: whoever has an answer after it sees it.
            if answer == .written { oracle.sawTombstone(of: expired.session) }
            return try store.confirmed(answer, of: expired.session)
        }
    }

    func writeTombstoneUnconditionally(_ session: SessionID) async throws(StoreFailure) {
        try await connection.execute("own tombstone", about: "\(session)") {
            (store, time) throws(StoreFailure) in
            store.writeTombstoneUnconditionally(session, at: time)
        }
    }

    func prune(keeping limit: Int) async throws(StoreFailure) -> Int {
        try await connection.execute("prune", about: "") { (store, time) throws(StoreFailure) in
            store.prune(olderThan: Self.pruneAge, keeping: limit, at: time)
        }
    }
}
