package import ActorRuntime
package import Ownership

/// One node's way to the membership of a simulated Redis, with faults of its own.
package struct InMemoryRegistry<State: Sendable>: SessionRegistry {
    package enum Call: Hashable, Sendable {
        case beat, bury, buryCertainly, prune
    }

    /// What goes wrong on this way.
    package let faults = FaultBoard<Call>()
    private let redis: SimulatedRedis<State>

    package init(_ redis: SimulatedRedis<State>) {
        self.redis = redis
    }

    package func beat(_ heartbeat: Heartbeat) async throws(StoreFailure) -> HeartbeatAnswer {
        let dataSet = redis.freshDataSet()
        return try await faults.perform(.beat) { [redis] () throws(StoreFailure) in
            try redis.execute { store, time throws(StoreFailure) in
                try store.beat(heartbeat, dataSet: dataSet, at: time)
            }
        }
    }

    package func bury(
        _ verdict: MembershipObserver.Verdict
    ) async throws(StoreFailure) -> TombstoneAnswer {
        try await faults.perform(.bury) { [redis] () throws(StoreFailure) in
            try redis.execute { store, time in store.bury(verdict, at: time) }
        }
    }

    package func buryCertainly(_ session: SessionID) async throws(StoreFailure) {
        try await faults.perform(.buryCertainly) { [redis] () throws(StoreFailure) in
            try redis.execute { store, time in store.buryCertainly(session, at: time) }
        }
    }

    package func prune() async throws(StoreFailure) -> Int {
        try await faults.perform(.prune) { [redis] () throws(StoreFailure) in
            try redis.execute { store, time in store.prune(olderThan: 86_400, at: time) }
        }
    }

    /// Removes tombstones of more than `age` seconds; answers how many.
    package func prune(olderThan age: UInt64) throws(StoreFailure) -> Int {
        try redis.execute { store, time in store.prune(olderThan: age, at: time) }
    }
}
