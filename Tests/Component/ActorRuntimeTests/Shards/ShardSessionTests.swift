import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Testing

/// Sessions of a store with many servers.
@Suite(.timeLimit(.minutes(1))) struct ShardSessionTests {
    private let onB = "6000:x"

    @Test func `the actors of a node that died are taken over once its tombstone is confirmed`() async throws
    {
        try await ShardCluster.with(nodes: 2) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            try await owner.add(1, to: onB)
            #expect(try await cluster.read(onB, at: other) == 1)
            let session = owner.directory.session.id
            owner.stop()
            #expect(try await cluster.add(2, to: onB, at: other) == 3)
            #expect(other.directory.knownStatus(of: session) == .dead)
        }
    }

    @Test func `sessions outlive the fail-over of their server`() async throws {
        try await ShardCluster.with(nodes: 2) { cluster async throws in
            let sessions = cluster.sessions
            cluster.servers.failOver(.a, to: .a2)
            await cluster.pass(.seconds(30))
            #expect(cluster.sessions == sessions)
            #expect(cluster.isReady)
        }
    }

    @Test func `no session is called dead for G after the fail-over of the sessions' server`() async throws {
        try await ShardCluster.with(nodes: 2) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            let session = owner.directory.session.id
            cluster.servers.failOver(.a, to: .a2)
            await cluster.pass(.seconds(1))
            owner.stop()
            await cluster.pass(.seconds(14))
            #expect(other.directory.knownStatus(of: session) != .dead)
            try await cluster.until { other.directory.knownStatus(of: session) == .dead }
        }
    }

    @Test func `a session ends with its lease if nobody answers for its slot`() async throws {
        try await ShardCluster.with { cluster async throws in
            let session = cluster.node.directory.session.id
            cluster.node.reach.cut(off: .a)
            await cluster.pass(.seconds(6))
            #expect(!cluster.node.runtime.isReady)
            cluster.node.reach.restore(.a)
            try await cluster.until { cluster.node.runtime.isReady }
            #expect(cluster.node.directory.session.id != session)
        }
    }
}
