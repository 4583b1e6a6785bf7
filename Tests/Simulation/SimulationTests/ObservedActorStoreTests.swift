import ActorRuntime
import CartActor
import Ownership
import RuntimeTesting
import Testing

@testable import CartSimulation

/// The oracle's lessons from the answers to one process, so that it takes nothing for a violation that the
/// runtime may do.
struct ObservedActorStoreTests {
    private let cart = ActorID("cart-0")
    private let owner = SessionID("owner")
    private let next = SessionID("next")

    /// Has an owner of a committed cart release it, which fails; Redis then loses the cart, and another session
    /// takes it.
    ///
    /// - Returns: the violations that the oracle sees.
    private func violations(afterRelease failure: StoreFailure) async throws -> [String] {
        let oracle = OwnershipOracle { _ in true }
        var redis = SimulatedRedisServer.Store()
        func claim(by session: SessionID, at time: UInt64) throws(StoreFailure) -> ClaimAnswer {
            let terms = ClaimTerms(
                mode: .create,
                session: session,
                attempt: ClaimAttempt(1),
                generation: redis.generation,
                dead: []
            )
            return try oracle.watch(.claim(session), of: cart, in: &redis) { store throws(StoreFailure) in
                try store.claim(cart, terms, at: time).answer
            }
        }
        guard case .granted(var version) = try claim(by: owner, at: 1_000) else { return ["not granted"] }
        _ = try oracle.watch(.commit(owner), of: cart, in: &redis) { store throws(StoreFailure) in
            try store.commit(
                cart,
                owner: owner,
                version: version,
                next: SequenceNumber(1_000),
                commit: CommitID("c")
            ) { _ in [:] }
        }
        version.sequence = SequenceNumber(1_000)
        oracle.heard(version, of: cart)
        let store = ObservedActorStore(
            target: FailingReleases(failure: failure),
            cluster: Self.cluster(),
            oracle: oracle,
            liveness: ProcessLiveness(name: "node-0")
        )
        await #expect(throws: failure) { try await store.release(cart, owner: owner, version: version) }
        redis.flush()
        _ = try claim(by: next, at: 2_000)
        return oracle.violations
    }

    private static func cluster() -> SimulatedCluster {
        SimulatedCluster(
            Scheduler(seed: 1, trace: Trace(keepsLines: false)),
            policy: HostPolicy(),
            limits: Scenario.Limits(),
            cancellations: 0,
            leaseLengths: [.seconds(5)],
            drifts: [0],
            hiccups: .none,
            loops: 1,
            storageConfigurations: StorageConfiguration.drawn(from: 1)
        )
    }

    @Test func `an owner whose release is refused may have forgotten the cart`() async throws {
        #expect(try await violations(afterRelease: .refused("NOPERM")).isEmpty)
    }

    @Test func `an owner whose release gets no answer holds the cart`() async throws {
        let seen = try await violations(afterRelease: .unanswered("no answer in time"))
        #expect(seen.count { $0.hasPrefix("I3") } == 1 && seen.count { $0.hasPrefix("I8") } == 1, "\(seen)")
    }
}

/// A store of which only releases are asked, and fail.
private struct FailingReleases: ForwardingActorStore {
    typealias Logic = CartLogic

    let failure: StoreFailure
    let target: any ActorStore<CartLogic> = InMemoryStore(SimulatedRedis(clock: ContinuousClock()))

    func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation?
    ) async throws(StoreFailure) -> ReleaseAnswer {
        throw failure
    }
}
