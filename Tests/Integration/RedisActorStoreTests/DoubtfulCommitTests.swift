import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import ServerTesting
import StoreTesting
import Synchronization
import Testing

@testable import RedisActorStore

/// Commits that go unanswered on a Redis that then has no memory left.
@Suite(.timeLimit(.minutes(1))) struct DoubtfulCommitTests {
    @Test func `a commit in doubt is looked up when Redis is full, and passivation and drain go on`()
        async throws
    {
        async let applied: Void = lookUpWhenFull(executed: true)
        async let lost: Void = lookUpWhenFull(executed: false)
        _ = try await (applied, lost)
    }

    private func lookUpWhenFull(executed: Bool) async throws {
        var policy = HostPolicy()
        // Longer than this takes on a busy machine: a released actor would have to be claimed before its commit.
        policy.idleTimeout = .seconds(3)
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

    @Test(arguments: [PersistenceStrategy.snapshot, .events])
    func `a first commit that was looked up can be followed and restored`(
        _ strategy: PersistenceStrategy
    ) async throws {
        let reader = StateReader(decider: CounterLogic(), codec: CounterCodec())
        let layout = try #require(strategy.layout(reader, snapshotEvery: 100))
        try await SingleNode.with(
            HostPolicy(),
            store: { LosingStore(target: RedisActorStore(client: $0.client, layout: layout)) }
        ) { node in
            let first = try await node.ask(1, .increment(by: 7))
            let second = try await node.ask(1, .increment(by: 1))
            #expect(first == 7 && second == 8)
            #expect(await node.host.releaseAll(until: .now + .seconds(10)) == 0)
            let restored = try await node.ask(1, .read)
            #expect(restored == 8)
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

/// A store that loses the answer to its first commit, and refuses the second.
private final class LosingStore: ForwardingActorStore {
    typealias Logic = CounterLogic

    let target: any ActorStore<CounterLogic>
    private let commits = Atomic(0)

    init(target: any ActorStore<CounterLogic>) {
        self.target = target
    }

    func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<CounterLogic>
    ) async throws(StoreFailure) -> CommitResult {
        let number = commits.add(1, ordering: .relaxed).newValue
        if number == 2 { throw .refused("OOM") }
        let result = try await target.commit(
            id,
            owner: owner,
            version: version,
            commit: commit,
            change: change
        )
        if number == 1 { throw .unanswered("lost by the test") }
        return result
    }
}
