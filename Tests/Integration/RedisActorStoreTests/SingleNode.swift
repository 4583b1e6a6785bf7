import ActorRuntime
import CounterActor
import Logging
import NIOCore
import NIOPosix
import Ownership
import RuntimeTesting
import ServerTesting
import StoreTesting
import Synchronization

@testable import RedisActorStore

/// A node that has a real Redis for itself, and never meets another.
struct SingleNode: Sendable {
    let store: WatchedStore<CounterLogic>
    private let runtime: NodeRuntime<CounterLogic>

    var host: Host<CounterLogic> { runtime.host }

    /// Runs `body` with a node that serves.
    static func with(_ policy: HostPolicy, _ body: (SingleNode) async throws -> Void) async throws {
        try await RedisServerFixture.with { server in
            try await RedisStoreFixture.with(server) { fixture in
                try await SingleNode(policy, on: fixture, store: fixture.store).serve(body)
            }
        }
    }

    /// Runs `body` with a node that serves and reaches its actors through a store of the test's making.
    static func with(
        _ policy: HostPolicy,
        store: (RedisStoreFixture) -> any ActorStore<CounterLogic>,
        _ body: (SingleNode) async throws -> Void
    ) async throws {
        try await RedisServerFixture.with { server in
            try await RedisStoreFixture.with(server) { fixture in
                try await SingleNode(policy, on: fixture, store: store(fixture)).serve(body)
            }
        }
    }

    /// Runs `body` with a node that serves and reaches its actors through a proxy, and a fixture that does
    /// not.
    static func withProxy(
        _ policy: HostPolicy,
        _ body: (SingleNode, FaultProxy, RedisStoreFixture) async throws -> Void
    ) async throws {
        try await RedisServerFixture.with { server in
            try await FaultProxy.with(upstream: .unix(path: server.socketPath)) { proxy in
                try await RedisStoreFixture.with(server) { direct in
                    try await RedisStoreFixture.with(server, through: proxy) { proxied in
                        try await SingleNode(policy, on: direct, store: proxied.store).serve {
                            try await body($0, proxy, direct)
                        }
                    }
                }
            }
        }
    }

    private func serve(_ body: (SingleNode) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await runtime.run() }
            while !runtime.isReady { try await Task.sleep(for: .milliseconds(5)) }
            try await body(self)
        }
    }

    private init(
        _ policy: HostPolicy,
        on fixture: RedisStoreFixture,
        store target: any ActorStore<CounterLogic>
    ) {
        store = WatchedStore(target: target)
        runtime = NodeRuntime(
            decider: CounterLogic(),
            codec: CounterCodec(),
            ports: NodePorts(store: store, registry: fixture.registry, link: NoLink()),
            identity: NodeIdentity(card: card, bootstrap: BootstrapState(exclusive: true)),
            policy: policy,
            environment: NodeEnvironment(
                loops: [MultiThreadedEventLoopGroup.singleton.next()],
                sessionExecutor: MultiThreadedEventLoopGroup.singleton.next().executor
            ),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    /// Asks an actor, and answers its value as the answer shows it.
    func ask(_ number: Int, _ command: CounterLogic.Command) async throws -> Int64 {
        let id = ActorID("c\(number)")
        let answer = try await runtime.ask(id, command, deadline: .now + .seconds(30))
        switch answer.verdict {
        case .accepted(_, let state): return state.value
        case .rejected(let rejection): throw Unexpected(what: "\(rejection)")
        }
    }

    /// Visits the actors of the numbers below `count`, in order, so many at the same time.
    func visit(
        _ count: Int,
        inParallel visitors: Int,
        _ visit: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for visitor in 0..<visitors {
                group.addTask {
                    for number in stride(from: visitor, to: count, by: visitors) { try await visit(number) }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// The way to no other node.
private struct NoLink: AsyncLink {
    func ask(_ ask: LinkRequest, at address: String) async throws(LinkFailure) -> LinkResponse {
        throw .unsent("there is no other node")
    }
}

/// A store that says how often it was claimed from, and how many claims were under way at once.
final class WatchedStore<Logic: Decider>: ForwardingActorStore {
    let claims = Atomic(0)
    let mostClaims = Atomic(0)
    let target: any ActorStore<Logic>
    private let underWay = Atomic(0)

    init(target: any ActorStore<Logic>) {
        self.target = target
    }

    func claim(_ id: ActorID, _ terms: ClaimTerms) async throws(StoreFailure) -> ClaimResult<Logic.State> {
        claims.add(1, ordering: .relaxed)
        mostClaims.max(underWay.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        defer { underWay.subtract(1, ordering: .relaxed) }
        return try await target.claim(id, terms)
    }
}
