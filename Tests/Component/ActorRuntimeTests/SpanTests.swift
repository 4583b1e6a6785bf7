import CounterActor
import Ownership
import RequestTracing
import RuntimeTesting
import Testing

@testable import ActorRuntime

/// What hosts record of asks.
@Suite(.timeLimit(.minutes(1))) struct SpanTests {
    private let recorder = SpanRecorder(
        Sampler(.never, followsParent: true),
        queue: SpanQueue(SpanBatcher.Limits()),
        now: { 1_000 },
        pseudonym: { "hash of \($0)" }
    )

    /// A client's context.
    private func client(sampled: Bool = true) throws -> TraceContext {
        try #require(
            TraceContext(parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0\(sampled ? 1 : 0)")
        )
    }

    private var tracing: HostTracing {
        HostTracing(recorder, store: [SpanAttribute("db.system.name", text: "memory")])
    }

    private func spans() -> [Span] { recorder.queue.withBatcher { $0.next() } }

    private func named(_ name: String, _ kind: Span.Kind, in spans: [Span]) throws -> Span {
        let found = spans.filter { $0.name == name && $0.kind == kind }
        #expect(found.count == 1, "\(name): \(spans.map(\.name))")
        return try #require(found.first)
    }

    private func add(
        to node: TestNode,
        _ trace: TraceContext?,
        amount: Int64 = 1
    ) async throws(HostFailure) -> Int64? {
        try await node.ask("c", .increment(by: amount), trace: trace).value
    }

    @Test func `a change of an actor that is not live is a command with a restore and a commit`() async throws
    {
        try await TestCluster.with(tracing: tracing) { cluster in
            let client = try client()
            let node = cluster.nodes[0]
            #expect(try await add(to: node, client) == 1)
            let spans = spans()
            let command = try named("actor command", .internal, in: spans)
            let restore = try named("restore", .internal, in: spans)
            let commit = try named("commit", .client, in: spans)
            #expect(command.trace == client.trace && command.parent == client.span)
            #expect(restore.parent == command.id && commit.parent == command.id)
            let claims = spans.filter { $0.name == "claim" }
            #expect(!claims.isEmpty && claims.allSatisfy { $0.parent == restore.id && $0.kind == .client })
            #expect(commit.attributes.contains(SpanAttribute("db.system.name", text: "memory")))
            #expect(commit.attributes.contains(SpanAttribute("db.operation.name", text: "commit")))
            #expect(command.attributes.contains(SpanAttribute("actor.outcome", text: "accepted")))
            #expect(command.attributes.contains(SpanAttribute("actor.id_hash", text: "hash of c")))
            #expect(command.attributes.contains(SpanAttribute("actor.batch_size", number: 1)))
        }
    }

    @Test func `a live actor's change and read have no restore, and a read has no exchange`() async throws {
        try await TestCluster.with(tracing: tracing) { cluster in
            let node = cluster.nodes[0]
            try await node.add()
            #expect(spans().isEmpty)
            _ = try await add(to: node, try client())
            #expect(Set(spans().map(\.name)) == ["actor command", "commit"])
            _ = try await node.ask("c", .read, trace: try client())
            #expect(spans().map(\.name) == ["actor command"])
        }
    }

    @Test func `who is not sampled is not recorded, and neither is who has no trace`() async throws {
        try await TestCluster.with(tracing: tracing) { cluster in
            _ = try await add(to: cluster.nodes[0], try client(sampled: false))
            try await cluster.nodes[0].add()
            #expect(spans().isEmpty)
        }
    }

    @Test func `an ask that another node decides is one tree over both`() async throws {
        try await TestCluster.with(nodes: 2, tracing: tracing) { cluster in
            try await cluster.nodes[1].add()
            // A read, which no actor follows to another node, so that the owner stays.
            let client = try client()
            #expect(try await add(to: cluster.nodes[0], client) == 2)
            let spans = spans()
            #expect(spans.allSatisfy { $0.trace == client.trace })
            let hop = try named("link ask", .client, in: spans)
            let arrival = try named("link ask", .server, in: spans)
            let commit = try named("commit", .client, in: spans)
            let command = try #require(spans.first { $0.id == commit.parent })
            #expect(hop.parent == client.span)
            #expect(arrival.parent == hop.id && arrival.parentIsRemote)
            #expect(command.name == "actor command" && command.parent == arrival.id)
            #expect(hop.attributes.contains(SpanAttribute("server.address", text: "node-1")))
            #expect(hop.attributes.contains(SpanAttribute("server.port", number: 7_170)))
            // Every span but the client's own has its parent here.
            let ids = Set(spans.map(\.id) + [client.span])
            #expect(spans.allSatisfy { $0.parent.map(ids.contains) ?? false })
        }
    }

    @Test func `a wait for a dead node's actor is recorded`() async throws {
        try await TestCluster.with(nodes: 2, tracing: tracing) { cluster in
            try await cluster.nodes[1].add()
            cluster.nodes[1].stop()
            cluster.nodes[0].link.faults.breakDown(.unsent)
            let client = try client()
            let value = try await cluster.whilePassing { try await add(to: cluster.nodes[0], client) }
            #expect(value == 2)
            let spans = spans()
            let wait = try #require(spans.first { $0.name == "takeover wait" }, "\(spans.map(\.name))")
            #expect(wait.parent == client.span)
            #expect(wait.attributes == [SpanAttribute("actor.wait.reason", text: "owner-unreachable")])
            let ids = Set(spans.map(\.id) + [client.span])
            #expect(spans.allSatisfy { $0.parent.map(ids.contains) ?? false })
        }
    }

    @Test func `a failure is an error with its reason`() async throws {
        try await TestCluster.with(tracing: tracing) { cluster in
            let node = cluster.nodes[0]
            try await node.add()
            node.store.faults.refuseNext(.commit)
            let client = try client()
            let failure = await failure { try await add(to: node, client) }
            #expect(failure?.reason == .storeUnavailable)
            let spans = spans()
            let command = try named("actor command", .internal, in: spans)
            let commit = try named("commit", .client, in: spans)
            #expect(command.status == .error("store-unavailable"))
            #expect(commit.status == .error("refused"))
            #expect(commit.attributes.contains(SpanAttribute("error.type", text: "refused")))
        }
    }
}
