internal import ActorRuntime
internal import Ownership
internal import RuntimeTesting

/// One process's way to the membership in the simulated Redis, on a connection of its own.
struct SimulatedRegistry: SessionRegistry {
    /// How old a tombstone must be before it is removed: as in the product, a day.
    private static let pruneAge: UInt64 = 86_400

    let way: RedisWay
    let witness: Witness

    func beat(_ heartbeat: Heartbeat) async throws(StoreFailure) -> HeartbeatAnswer {
        let dataSet = way.server.redis.freshDataSet()
        return try await way.execute("beat", "\(heartbeat.session)") { (store, time) throws(StoreFailure) in
            try store.beat(heartbeat, dataSet: dataSet, at: time)
        }
    }

    func bury(_ verdict: MembershipObserver.Verdict) async throws(StoreFailure) -> TombstoneAnswer {
        try await way.execute("bury", "\(verdict.session)") {
            [witness] (store, time) throws(StoreFailure) in
            let answer = store.bury(verdict, at: time)
            if answer == .buried { witness.sawTombstone(of: verdict.session) }
            return answer
        }
    }

    func buryCertainly(_ session: SessionID) async throws(StoreFailure) {
        try await way.execute("bury certainly", "\(session)") { (store, time) throws(StoreFailure) in
            store.buryCertainly(session, at: time)
        }
    }

    func prune() async throws(StoreFailure) -> Int {
        try await way.execute("prune", "") { (store, time) throws(StoreFailure) in
            store.prune(olderThan: Self.pruneAge, at: time)
        }
    }
}
