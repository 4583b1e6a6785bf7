internal import ActorRuntime
internal import CounterActor
internal import Ownership
internal import RuntimeTesting

/// The simulated store, and its membership.
struct SimulatedStoreFixture: StoreFixture {
    private let redis: SimulatedRedis<CounterLogic.State>
    private let members: InMemoryRegistry<CounterLogic.State>
    let store: any ActorStore<CounterLogic>
    var registry: any SessionRegistry { members }

    /// - Parameter inCluster: true for a server of a cluster.
    init(inCluster: Bool = false) {
        redis = SimulatedRedis(clock: ContinuousClock())
        if inCluster {
            redis.withStore { $0.server = .init(id: StoreServerID("server"), epoch: 3, marker: "3b8f") }
        }
        store = InMemoryStore(
            redis,
            lifetime: { $0.value == shortLivedValue ? ownLifetime : nil },
            leastLifetime: leastLifetime
        )
        members = InMemoryRegistry(redis)
    }

    func generation() async throws -> Generation {
        guard redis.withStore({ $0.server }) != nil else {
            return try await beat(SessionID("observer")).generation
        }
        let fresh = redis.freshDataSet()
        return redis.withStore { store in
            store.contents.dataSet = store.contents.dataSet ?? fresh
            return store.generation
        }
    }

    func record(_ id: ActorID) async throws -> RecordSnapshot? {
        redis.withStore { store in
            switch store.contents.slots[id] {
            case nil, .unreadable: nil
            case .record(let record):
                RecordSnapshot(
                    owner: record.owner?.rawValue ?? "",
                    epoch: record.version.epoch.rawValue,
                    attempt: record.attempt.rawValue,
                    sequence: record.version.sequence.rawValue,
                    commit: record.commit?.rawValue ?? "",
                    value: record.state?.value,
                    life: record.life.map { Int64($0 / .milliseconds(1)) }
                )
            }
        }
    }

    func put(_ record: RecordSnapshot?, at id: ActorID) async throws {
        redis.withStore { store in
            store.contents.slots[id] = record.map { record in
                .record(
                    SimulatedStore.Record(
                        owner: record.owner.isEmpty ? nil : SessionID(record.owner),
                        version: version(epoch: record.epoch, sequence: record.sequence),
                        attempt: ClaimAttempt(record.attempt),
                        commit: record.commit.isEmpty ? nil : CommitID(record.commit),
                        state: record.value.map(CounterLogic.State.init),
                        life: record.life.map { .milliseconds($0) }
                    )
                )
            }
        }
    }

    func malform(_ session: SessionID) async throws {
        redis.withStore { $0.contents.entries[session] = .malformed }
    }

    func age(_ session: SessionID, bySeconds seconds: UInt64) async throws {
        redis.stepClock(bySeconds: Int64(seconds))
    }

    func flush() async throws { redis.withStore { $0.flush() } }

    func setFull(_ isFull: Bool) async throws { redis.withStore { $0.isFull = isFull } }

    func restart() async throws { redis.withStore { $0.restart() } }

    func prune(olderThan seconds: UInt64, keeping limit: Int) async throws -> Int {
        try members.prune(olderThan: seconds, keeping: limit)
    }
}
