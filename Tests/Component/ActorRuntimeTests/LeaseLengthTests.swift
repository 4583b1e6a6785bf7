import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Testing

/// Nodes with leases of different length, as while an operator changes the setting node by node.
@Suite(.timeLimit(.minutes(1))) struct LeaseLengthTests {
    private let leases = [LeasePolicy(length: .seconds(12)), LeasePolicy(length: .seconds(2))]

    @Test func `a node with a short lease does not bury one with a long lease that may still act`()
        async throws
    {
        try await TestCluster.with(nodes: 2, leases: leases) { cluster async throws in
            let (long, short) = (cluster.nodes[0], cluster.nodes[1])
            try await long.add(1)
            let session = long.directory.session
            long.registry.faults.breakDown(.requestsLost)
            await cluster.pass(.seconds(8))
            #expect(session.mayAct(at: cluster.clock.now))
            #expect(short.directory.status(of: session.id) != .dead)
            #expect(short.registry.faults.count(of: .writeTombstone) == 0)
            await cluster.pass(.seconds(6))
            #expect(!session.mayAct(at: cluster.clock.now))
            #expect(short.directory.status(of: session.id) == .dead)
        }
    }

    @Test func `a node with a long lease waits for its own before it buries one with a short lease`()
        async throws
    {
        try await TestCluster.with(nodes: 2, leases: leases) { cluster async throws in
            let (long, short) = (cluster.nodes[0], cluster.nodes[1])
            let session = short.directory.session
            short.registry.faults.breakDown(.requestsLost)
            await cluster.pass(.seconds(10))
            #expect(!session.mayAct(at: cluster.clock.now))
            #expect(long.directory.status(of: session.id) != .dead)
            await cluster.pass(.seconds(4))
            #expect(long.directory.status(of: session.id) == .dead)
        }
    }

    @Test func `a generation settles only after the longest lease`() async throws {
        try await TestCluster.with(nodes: 2, exclusive: false, leases: leases) { cluster async throws in
            let short = cluster.nodes[1]
            await cluster.pass(.seconds(9))
            #expect(short.directory.settledGeneration(at: cluster.clock.now) == nil)
            try await cluster.until { short.host.isReady }
        }
    }

    @Test func `each node tells the operator of the other's lease`() async throws {
        try await TestCluster.with(nodes: 2, leases: leases) { cluster async throws in
            for (number, node) in cluster.nodes.enumerated() {
                let view = node.directory.clusterView(at: cluster.clock.now)
                #expect(view.lease == leases[number].length)
                #expect(view.membersWithOtherLease.map(\.lease) == [leases[1 - number].length])
            }
        }
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let view = cluster.nodes[0].directory.clusterView(at: cluster.clock.now)
            #expect(view.members.count == 1)
            #expect(view.membersWithOtherLease.isEmpty)
        }
    }
}
