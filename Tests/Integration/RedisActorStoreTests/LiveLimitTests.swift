import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Synchronization
import Testing

/// A node with a low limit of live actors, on a real Redis.
@Suite(.timeLimit(.minutes(1))) struct LiveLimitTests {
    @Test func `of ten times as many actors as may be live none loses a change, and the limit holds`()
        async throws
    {
        var policy = HostPolicy()
        policy.liveLimit = 200
        policy.restoreLimit = 8
        let actors = 2_000
        try await SingleNode.with(policy) { node in
            let mostLive = Atomic(0)
            try await node.visit(actors, inParallel: 32) { number in
                let value = try await node.ask(number, .increment(by: Int64(number + 1)))
                mostLive.max(node.host.liveCount, ordering: .relaxed)
                #expect(value == Int64(number + 1))
            }
            let claims = node.store.claims.load(ordering: .relaxed)
            #expect(claims >= actors)
            try await node.visit(actors, inParallel: 32) { number in
                let value = try await node.ask(number, .read)
                mostLive.max(node.host.liveCount, ordering: .relaxed)
                #expect(value == Int64(number + 1))
            }
            // Nearly all requests of the second round found their actor cold.
            #expect(node.store.claims.load(ordering: .relaxed) >= claims + actors - policy.liveLimit)
            #expect(mostLive.load(ordering: .relaxed) <= policy.liveLimit)
            #expect(mostLive.load(ordering: .relaxed) > policy.liveLimit / 2)
            #expect((4...policy.restoreLimit).contains(node.store.mostClaims.load(ordering: .relaxed)))
        }
    }

    @Test func `concurrent requests to one cold actor make one claim`() async throws {
        try await SingleNode.with(HostPolicy()) { node in
            #expect(try await node.ask(1, .increment(by: 7)) == 7)
            #expect(await node.host.releaseAll(until: .now + .seconds(10)) == 0)
            let claims = node.store.claims.load(ordering: .relaxed)
            try await node.visit(500, inParallel: 500) { number in
                if number % 2 == 0 {
                    #expect(try await node.ask(1, .read) >= 7)
                } else {
                    _ = try await node.ask(1, .increment(by: 1))
                }
            }
            #expect(node.store.claims.load(ordering: .relaxed) == claims + 1)
            #expect(try await node.ask(1, .read) == 257)
        }
    }
}
