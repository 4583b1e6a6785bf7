import ActorRuntime
import CounterActor
import RuntimeTesting
import ServerTesting
import Testing

/// Commits that go unanswered on a Redis that then has no memory left.
@Suite(.timeLimit(.minutes(1))) struct DoubtfulCommitTests {
    @Test(arguments: [true, false])
    func `a commit in doubt is looked up when Redis is full, and passivation and drain go on`(
        executed: Bool
    ) async throws {
        var policy = HostPolicy()
        policy.idleTimeout = .milliseconds(200)
        try await SingleNode.withProxy(policy) { node, proxy, direct in
            #expect(try await node.ask(1, .increment(by: 7)) == 7)
            #expect(try await node.ask(2, .increment(by: 1)) == 1)
            proxy.set(.lost, executed ? .toClient : .toServer)
            async let fate = fate { try await node.ask(1, .increment(by: 10)) }
            try await until {
                executed ? try await direct.record(ActorID("c1"))?.value == 17 : proxy.census.lostBytes > 0
            }
            try await direct.setFull(true)
            proxy.heal()
            #expect(await fate == (executed ? .applied(17) : .failed(.unknown)))
            #expect(try await node.ask(1, .read) == (executed ? 17 : 7))
            #expect(await self.fate { try await node.ask(2, .increment(by: 1)) } == .failed(.notApplied))
            try await until { node.host.liveCount == 0 }
            #expect(try await node.ask(2, .read) == 1)
            #expect(await node.host.releaseAll(until: .now + .seconds(10)) == 0)
        }
    }

    private enum Fate: Hashable {
        case applied(Int64)
        case failed(HostFailure.Outcome)
        case broken(String)
    }

    private func fate(_ body: () async throws -> Int64) async -> Fate {
        do {
            return .applied(try await body())
        } catch let failure as HostFailure {
            return .failed(failure.outcome)
        } catch {
            return .broken("\(error)")
        }
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }
}
