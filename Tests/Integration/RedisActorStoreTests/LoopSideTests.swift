import ActorRuntime
import CounterActor
import NIOCore
import NIOPosix
import RedisClient
import RuntimeTesting
import StoreTesting
import Testing

@testable import RedisActorStore

/// The choice of a side for a loop. `StoreFixtureKind.loop` runs the tests of the store on such a side.
@Suite struct LoopSideTests {
    @Test func `a loop with a client has a side of its own, and any other loop makes tasks`() async throws {
        try await withRedis { fixture in
            let store = RedisActorStore(
                client: fixture.client,
                loopClients: [fixture.client],
                layout: SnapshotLayout(StateReader(decider: CounterLogic(), codec: CounterCodec())),
                retention: .seconds(60)
            )
            let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let own = store.onLoop(fixture.client.eventLoop) { _ in false }
            let other = store.onLoop(threads.next()) { _ in false }
            #expect(own is RedisLoopStore<CounterLogic>)
            #expect(other is TaskLoopStore<RedisActorStore<CounterLogic>>)
            #expect(own.retention == .seconds(60) && other.retention == .seconds(60))
            try await threads.shutdownGracefully()
        }
    }
}
