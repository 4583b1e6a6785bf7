import CounterActor
import Ownership
import RuntimeTesting
import Testing

@testable import ActorRuntime

/// The number of tombstones that heartbeats carry.
@Suite(.timeLimit(.minutes(1))) struct TombstoneLimitTests {
    /// The server's time at which all tombstones are written, microseconds since 1970: too recent to be old.
    private static let now = SimulatedRedis<CounterLogic.State>.epochStart

    private func tombstones(in cluster: TestCluster) -> Int {
        cluster.redis.withStore { store in store.members.count { $0.condition == .dead } }
    }

    @Test func `a crash loop leaves no more tombstones than heartbeats can carry`() async throws {
        try await TestCluster.with { cluster async throws in
            for _ in 0..<3 {
                for number in 0..<2_000 {
                    cluster.redis.withStore { store in
                        store.writeTombstoneUnconditionally(SessionID("\(number)"), at: Self.now)
                    }
                }
                await cluster.pass(.seconds(11))
                #expect(tombstones(in: cluster) == SessionKeeper.tombstoneLimit)
            }
            // Once for each crowd, however many heartbeats there were.
            #expect((3...4).contains(cluster.nodes[0].registry.faults.count(of: .prune)))
        }
    }

    @Test func `a crowd that cannot be removed is not tried at each heartbeat`() async throws {
        try await TestCluster.with { cluster async throws in
            cluster.nodes[0].registry.faults.refuseNext(.prune, times: 100)
            for number in 0..<300 {
                cluster.redis.withStore { store in
                    store.writeTombstoneUnconditionally(SessionID("\(number)"), at: Self.now)
                }
            }
            await cluster.pass(.seconds(25))
            #expect((2...3).contains(cluster.nodes[0].registry.faults.count(of: .prune)))
        }
    }
}
