import ActorRuntime
import Logging
import NIOCore
import NIOPosix
import Ownership
import RuntimeTesting
import ServerTesting
import Synchronization

@testable import RedisActorStore

/// A node that has a real Redis for itself, and never meets another.
struct SingleNode: Sendable {
    let host: Host<CounterLogic>
    let store: WatchedStore<CounterLogic>
    private let keeper: SessionKeeper

    /// Runs `body` with a node that serves.
    static func with(_ policy: HostPolicy, _ body: (SingleNode) async throws -> Void) async throws {
        try await RedisServerFixture.with { server in
            try await RedisStoreFixture.with(server) { fixture in
                let node = SingleNode(policy, on: fixture)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer { group.cancelAll() }
                    group.addTask { await node.keeper.run() }
                    group.addTask { await node.host.run(node.keeper.notices) }
                    while !node.host.isReady { try await Task.sleep(for: .milliseconds(5)) }
                    try await body(node)
                }
            }
        }
    }

    private init(_ policy: HostPolicy, on fixture: RedisStoreFixture) {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let directory = MembershipDirectory(policy: policy.lease) {
            var generator = SystemRandomNumberGenerator()
            return SessionHandle(id: SessionID(random: &generator), policy: policy.lease)
        }
        let store = WatchedStore(fixture.store)
        let host = Host(
            decider: CounterLogic(),
            codec: CounterCodec(),
            store: store,
            link: NoLink(),
            directory: directory,
            policy: policy,
            clock: ContinuousClock(),
            node: "lone",
            random: { UInt64.random(in: .min ... .max) },
            logger: logger
        )
        self.keeper = SessionKeeper(
            registry: fixture.registry,
            directory: directory,
            policy: policy.lease,
            card: card,
            bootstrap: BootstrapState(exclusive: true),
            clock: ContinuousClock(),
            executor: MultiThreadedEventLoopGroup.singleton.next().executor,
            nothingLive: { host.liveCount == 0 },
            logger: logger
        )
        self.host = host
        self.store = store
    }

    /// Asks an actor, and answers its value as the answer shows it.
    func ask(_ number: Int, _ command: CounterLogic.Command) async throws -> Int64 {
        let id = ActorID("c\(number)")
        let answer = try await host.ask(id, command, deadline: .now + .seconds(30))
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
private struct NoLink: Link {
    func ask(_ ask: LinkRequest, at address: String) async throws(LinkFailure) -> LinkResponse {
        throw .unsent("there is no other node")
    }
}

/// A store that says how often it was claimed from, and how many claims were under way at once.
final class WatchedStore<Logic: Decider>: ActorStore {
    let claims = Atomic(0)
    let mostClaims = Atomic(0)
    private let underWay = Atomic(0)
    private let store: any ActorStore<Logic>

    init(_ store: any ActorStore<Logic>) {
        self.store = store
    }

    var retention: Duration { store.retention }

    func claim(_ id: ActorID, _ terms: ClaimTerms) async throws(StoreFailure) -> ClaimResult<Logic.State> {
        claims.add(1, ordering: .relaxed)
        mostClaims.max(underWay.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        defer { underWay.subtract(1, ordering: .relaxed) }
        return try await store.claim(id, terms)
    }

    func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<Logic>
    ) async throws(StoreFailure) -> CommitAnswer {
        try await store.commit(id, owner: owner, version: version, commit: commit, change: change)
    }

    func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer {
        try await store.verify(id, owner: owner, version: version, generation: generation)
    }

    func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        attempt: ClaimAttempt,
        state: Logic.State
    ) async throws(StoreFailure) -> RepublishAnswer {
        try await store.republish(id, owner: owner, version: version, attempt: attempt, state: state)
    }

    func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version
    ) async throws(StoreFailure) -> ReleaseAnswer {
        try await store.release(id, owner: owner, version: version)
    }

    func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        state: Logic.State
    ) async throws(StoreFailure) -> SurrenderAnswer {
        try await store.surrender(id, owner: owner, version: version, state: state)
    }

    func form(after form: StoredForm, at sequence: Ownership.SequenceNumber) -> StoredForm {
        store.form(after: form, at: sequence)
    }

    func form(at sequence: Ownership.SequenceNumber) -> StoredForm { store.form(at: sequence) }
}
