package import ActorRuntime
package import Ownership

/// One node's port to the membership of a simulated Redis, with faults of its own.
package struct InMemoryRegistry<State: Sendable>: SessionRegistry {
    package enum Call: Hashable, Sendable {
        case beat, writeTombstone, writeTombstoneUnconditionally, prune
    }

    /// The faults of this port.
    package let faults = FaultInjector<Call>()
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

    package func writeTombstone(
        _ expired: MembershipObserver.ExpiredSession
    ) async throws(StoreFailure) -> TombstoneAnswer {
        try await faults.perform(.writeTombstone) { [redis] () throws(StoreFailure) in
            try redis.execute { store, time throws(StoreFailure) in
                try store.confirmed(store.writeTombstone(expired, at: time), of: expired.session)
            }
        }
    }

    package func writeTombstoneUnconditionally(_ session: SessionID) async throws(StoreFailure) {
        try await faults.perform(.writeTombstoneUnconditionally) { [redis] () throws(StoreFailure) in
            try redis.execute { store, time in store.writeTombstoneUnconditionally(session, at: time) }
        }
    }

    package func prune(keeping limit: Int) async throws(StoreFailure) -> Int {
        try await faults.perform(.prune) { [redis] () throws(StoreFailure) in
            try redis.execute { store, time in store.prune(olderThan: 86_400, keeping: limit, at: time) }
        }
    }

    /// Removes tombstones of more than `age` seconds, and the oldest ones above `limit`; answers how many.
    package func prune(olderThan age: UInt64, keeping limit: Int) throws(StoreFailure) -> Int {
        try redis.execute { store, time in store.prune(olderThan: age, keeping: limit, at: time) }
    }
}
