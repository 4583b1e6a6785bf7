import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import ServerTesting

@testable import RedisActorStore

/// The two keepers that must not be told apart.
enum StoreFixtureKind: String, CaseIterable, Sendable, CustomStringConvertible {
    case simulated, redis

    var description: String { rawValue }
}

/// A record as it lies in the store.
struct RecordSnapshot: Hashable, Sendable {
    var owner = ""
    var epoch: UInt64 = 0
    var attempt: UInt64 = 0
    var sequence: UInt64 = 0
    var commit = ""
    var value: Int64?

    /// What a restart without persistence makes of a new epoch: a number that no test names.
    var withFreshEpochMarked: RecordSnapshot {
        var copy = self
        if copy.epoch > 1_000_000 { copy.epoch = .max }
        return copy
    }
}

/// A store with its membership, and what a test may do to it behind the nodes' backs.
protocol StoreFixture: Sendable {
    var store: any ActorStore<CounterLogic> { get }
    var registry: any SessionRegistry { get }

    func record(_ id: ActorID) async throws -> RecordSnapshot?
    func put(_ record: RecordSnapshot?, at id: ActorID) async throws
    /// Makes a session's field something that is no entry.
    func malform(_ session: SessionID) async throws
    /// Lets a session's tombstone be older, and with it whatever the fixture can not tell apart.
    func age(_ session: SessionID, bySeconds seconds: UInt64) async throws
    func flush() async throws
    /// The server's process ends and another begins with the same data.
    func restart() async throws
    func prune(olderThan seconds: UInt64) async throws -> Int
}

/// Runs a test in a fixture of its own.
func withStoreFixture(_ kind: StoreFixtureKind, _ body: (any StoreFixture) async throws -> Void) async throws
{
    switch kind {
    case .simulated:
        try await body(SimulatedStoreFixture())
    case .redis:
        var options = RedisServerFixture.Options()
        options.append = .always
        try await RedisServerFixture.with(options) { server in
            try await RedisStoreFixture.with(server, body)
        }
    }
}

let me = SessionID("me")
let other = SessionID("other")
let cart = ActorID("c-1")
let card = NodeCard(name: "node \"1\"\nü", link: "127.0.0.1:7000", build: "b1")

func version(_ epoch: UInt64, _ sequence: UInt64) -> Version {
    Version(epoch: Epoch(epoch), sequence: SequenceNumber(sequence))
}

func change(to value: Int64) -> StateChange<CounterLogic> {
    StateChange(before: .init(value: 0), after: .init(value: value), events: [.added(value)], form: .empty)
}

extension StoreFixture {
    /// Beats once, so that there is a generation, and answers it.
    @discardableResult
    func beat(
        _ session: SessionID = me,
        draining: Bool = false,
        settled: Generation? = nil
    ) async throws -> HeartbeatReport {
        let heartbeat = Heartbeat(session: session, draining: draining, settled: settled, card: card)
        switch try await registry.beat(heartbeat) {
        case .dead: throw Unexpected(what: "dead")
        case .alive(let report): return report
        }
    }

    func claim(
        _ mode: ClaimTerms.Mode,
        as session: SessionID = me,
        attempt: UInt64 = 1,
        dead: [SessionID] = [],
        under generation: Generation? = nil
    ) async throws -> ClaimResult<CounterLogic.State> {
        let inForce =
            if let generation { generation } else { try await beat(SessionID("observer")).generation }
        return try await store.claim(
            cart,
            ClaimTerms(
                mode: mode,
                session: session,
                attempt: ClaimAttempt(attempt),
                generation: inForce,
                dead: dead
            )
        )
    }

    func commit(_ version: Version, _ id: String, _ value: Int64) async throws -> CommitAnswer {
        try await store.commit(
            cart,
            owner: me,
            version: version,
            commit: CommitID(id),
            change: change(to: value)
        )
    }

    func republish(_ version: Version, attempt: UInt64, _ value: Int64) async throws -> RepublishAnswer {
        try await store.republish(
            cart,
            owner: me,
            version: version,
            attempt: ClaimAttempt(attempt),
            state: .init(value: value)
        )
    }

    func release(_ version: Version) async throws -> ReleaseAnswer {
        try await store.release(cart, owner: me, version: version)
    }

    func surrender(_ version: Version, _ value: Int64) async throws -> SurrenderAnswer {
        try await store.surrender(cart, owner: me, version: version, state: .init(value: value))
    }

    /// Claims, and answers the version that was granted.
    func take(attempt: UInt64 = 1) async throws -> Version {
        guard case .granted(let version) = try await claim(.create, attempt: attempt).answer else {
            throw Unexpected(what: "no grant")
        }
        return version
    }
}

struct Unexpected: Error {
    let what: String
}
