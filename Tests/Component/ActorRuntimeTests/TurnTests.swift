import CounterActor
import Ownership
import RuntimeTesting
import Testing

@testable import ActorRuntime

/// What concerns all actors of a partition takes one turn of the loop for a few of them.
@Suite(.timeLimit(.minutes(1))) struct TurnTests {
    private static let others = (0..<6).map { ActorID("other-\($0)") }

    /// Runs `body` with seven live counters on a host that looks at two in a turn.
    private func with(_ body: (LoneHost) async throws -> Void) async throws {
        try await LoneHost.with(turnLimit: 2) { lone async throws in
            for id in Self.others { _ = try await lone.add(1, to: id) }
            try await body(lone)
        }
    }

    @Test func `what was live under a session that is over is forgotten some at a time`() async throws {
        try await with { lone async throws in
            let (counts, count) = AsyncStream.makeStream(of: Int.self)
            // Nobody is to be told anything first.
            await lone.pass(.seconds(60))
            let left = await lone.onLoop { [session = lone.directory.session] partition in
                partition.keepHouse()
                partition.drop(session) { count.yield($0) }
                return partition.live.count
            }
            #expect(left == 5)
            #expect(await counts.first { _ in true } == 7)
            #expect(await lone.onLoop { $0.live.count } == 0)
        }
    }

    @Test func `callers learn that the session is over some at a time, and all of them`() async throws {
        try await with { lone async throws in
            let commits = Self.others.map { _ in lone.store.faults.holdNext(.commit) }
            await withTaskGroup(of: HostFailure?.self) { group in
                for id in Self.others {
                    group.addTask { await failure { try await lone.add(1, to: id, within: .seconds(60)) } }
                }
                for commit in commits { await commit.arrived() }
                // Longer than the lease, and shorter than anybody's time.
                await lone.pass(.seconds(10))
                let left = await lone.onLoop { partition in
                    partition.keepHouse()
                    return Self.others.count { id in
                        guard let found = partition.live.peek(id).map(partition.activation) else {
                            return false
                        }
                        return found.batch?.entries.isEmpty == false
                    }
                }
                // One of the two may be the counter that nobody waits for.
                #expect([4, 5].contains(left))
                for await failure in group {
                    #expect(failure?.reason == .sessionLost)
                    #expect(failure?.outcome == .unknown)
                }
            }
            for commit in commits { commit.release() }
        }
    }

    @Test func `a drain begins to give up some actors in a turn, and gives up all`() async throws {
        try await with { lone async throws in
            let (ends, end) = AsyncStream.makeStream(of: Void.self)
            let begun = await lone.onLoop { partition in
                partition.retireAll(until: lone.clock.now + .seconds(30)) { end.yield() }
                return partition.live.elements.count { partition.activation($0).isRetiring }
            }
            #expect(begun == 2)
            await ends.first { _ in true }
            #expect(await lone.onLoop { $0.live.count } == 0)
            #expect(await lone.onLoop { $0.retirementWalks.isEmpty })
            #expect(lone.store.faults.count(of: .release) == 7)
        }
    }

    @Test func `a drain whose time ends lets go of those that it began, and begins no more`() async throws {
        try await with { lone async throws in
            lone.store.faults.loseNext(.release, executed: false, times: 1_000)
            let (ends, end) = AsyncStream.makeStream(of: Void.self)
            await lone.onLoop { partition in
                partition.retireAll(until: lone.clock.now + .seconds(1)) { end.yield() }
                lone.clock.advance(by: .seconds(1))
                partition.endWaitForRetirements()
            }
            await ends.first { _ in true }
            #expect(await lone.onLoop { $0.live.count } == 7)
            #expect(
                await lone.onLoop { partition in
                    partition.live.elements.count { partition.activation($0).isRetiring }
                } == 2
            )
        }
    }

    @Test func `a sweep learns the ids of some actors in a turn, and asks for as many as it may at once`()
        async throws
    {
        var policy = HostPolicy()
        policy.turnLimit = 3
        policy.ownershipReadLimit = 4
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            for number in 0..<20 { try await node.add(1, to: "c\(number)") }
            cluster.redis.withStore { $0.restart() }
            try await cluster.until { node.host.lastSweep != nil }
            #expect(node.host.lastSweep?.actors == 20)
            #expect(node.host.lastSweep?.differing == 0)
            #expect(node.store.faults.count(of: .ownership) == 5)
        }
        try await with { lone async throws in
            let counts = await lone.onLoop { partition in
                var walk = partition.live.walk
                var counts: [Int] = []
                while !walk.isAtEnd { counts.append(partition.nextIDs(of: &walk, atMost: 100).count) }
                return counts
            }
            #expect(counts == [2, 2, 2, 1])
        }
    }
}
