internal import ActorRuntime
internal import Ownership
internal import RuntimeTesting

/// One process's path to the membership in the simulated Redis, on a connection of its own.
struct SimulatedRegistry: SessionRegistry {
    /// How old a tombstone must be before it is removed: as in the product, a day.
    private static let pruneAge: UInt64 = 86_400

    let connection: SimulatedRedisConnection
    let oracle: OwnershipOracle

    func beat(_ heartbeat: Heartbeat) async throws(StoreFailure) -> HeartbeatAnswer {
        let dataSet = connection.server.redis.freshDataSet()
        return try await connection.execute("beat", "\(heartbeat.session)") {
            (store, time) throws(StoreFailure) in
            try store.beat(heartbeat, dataSet: dataSet, at: time)
        }
    }

    func writeTombstone(_ expired: MembershipObserver.ExpiredSession) async throws(StoreFailure)
        -> TombstoneAnswer
    {
        try await connection.execute("bury", "\(expired.session)") {
            [oracle] (store, time) throws(StoreFailure) in
            let answer = store.writeTombstone(expired, at: time)
            if answer == .written { oracle.sawTombstone(of: expired.session) }
            return answer
        }
    }

    func writeTombstoneUnconditionally(_ session: SessionID) async throws(StoreFailure) {
        try await connection.execute("bury certainly", "\(session)") { (store, time) throws(StoreFailure) in
            store.writeTombstoneUnconditionally(session, at: time)
        }
    }

    func prune() async throws(StoreFailure) -> Int {
        try await connection.execute("prune", "") { (store, time) throws(StoreFailure) in
            store.prune(olderThan: Self.pruneAge, at: time)
        }
    }
}
