package import ActorRuntime
package import CounterActor
package import Ownership
internal import ServerTesting

/// The stores that must behave alike.
package enum StoreFixtureKind: String, CaseIterable, Sendable, CustomStringConvertible {
    case simulated, redis
    /// The side of the store on Redis for one event loop.
    case loop
    /// The same for a Redis Cluster of one server.
    case simulatedCluster, cluster, clusterLoop

    /// For what loops have no part in.
    package static let withoutLoop: [StoreFixtureKind] = [.simulated, .redis, .simulatedCluster, .cluster]

    package var description: String { rawValue }
}

/// A record in the store.
package struct RecordSnapshot: Hashable, Sendable {
    package var owner: String
    package var epoch: UInt64
    package var attempt: UInt64
    package var sequence: UInt64
    package var commit: String
    package var value: Int64?
    /// The record's own time to live in milliseconds; nil for the usual one.
    package var life: Int64?

    package init(
        owner: String = "",
        epoch: UInt64 = 0,
        attempt: UInt64 = 0,
        sequence: UInt64 = 0,
        commit: String = "",
        value: Int64? = nil,
        life: Int64? = nil
    ) {
        self.owner = owner
        self.epoch = epoch
        self.attempt = attempt
        self.sequence = sequence
        self.commit = commit
        self.value = value
        self.life = life
    }

    /// Stands for an epoch made of the time, which a test cannot predict.
    package var withFreshEpochMarked: RecordSnapshot {
        var copy = self
        if copy.epoch > 1_000_000 { copy.epoch = .max }
        return copy
    }
}

/// The own time to live of a counter at `shortLivedValue`, in both stores; and the least of any counter that
/// has its own.
package let ownLifetime: Duration = .seconds(40)
package let leastLifetime: Duration = .seconds(30)
package let shortLivedValue: Int64 = 98

/// A store with its membership, and the changes that a test can make without the nodes' knowledge.
package protocol StoreFixture: Sendable {
    var store: any ActorStore<CounterLogic> { get }
    var registry: any SessionRegistry { get }

    /// The generation that claims name.
    func generation() async throws -> Generation
    func record(_ id: ActorID) async throws -> RecordSnapshot?
    func put(_ record: RecordSnapshot?, at id: ActorID) async throws
    /// Replaces a session's entry by an invalid one.
    func malform(_ session: SessionID) async throws
    /// Ages a session's tombstone, and with it all that the fixture cannot distinguish from it.
    func age(_ session: SessionID, bySeconds seconds: UInt64) async throws
    func flush() async throws
    /// Takes all room for new data from the store, or gives it back.
    func setFull(_ isFull: Bool) async throws
    /// Restarts the server with the same data.
    func restart() async throws
    func prune(olderThan seconds: UInt64, keeping limit: Int) async throws -> Int
}

/// Runs a test in its own fixture.
package func withStoreFixture(_ kind: StoreFixtureKind, _ body: (any StoreFixture) async throws -> Void)
    async throws
{
    switch kind {
    case .simulated:
        try await body(SimulatedStoreFixture())
    case .simulatedCluster:
        try await body(SimulatedStoreFixture(inCluster: true))
    case .cluster, .clusterLoop:
        var options = RedisClusterFixture.Options()
        (options.primaries, options.replicasOfEach, options.append) = (1, 0, .always)
        try await RedisClusterFixture.with(options) { cluster in
            try await RedisStoreFixture.with(cluster, side: kind == .clusterLoop ? .loop : .tasks, body)
        }
    case .redis, .loop:
        var options = RedisServerFixture.Options()
        options.append = .always
        try await RedisServerFixture.with(options) { server in
            try await RedisStoreFixture.with(server, side: kind == .loop ? .loop : .tasks, body)
        }
    }
}

package let me = SessionID("me")
package let other = SessionID("other")
package let cart = ActorID("c-1")
package let card = NodeCard(name: "node \"1\"\nü", link: "127.0.0.1:7000", build: "b1")

/// A time that no store's clock reaches: what is put back is never late.
package let never = StoreTime(.max)

package func version(epoch: UInt64, sequence: UInt64) -> Version {
    Version(epoch: Epoch(epoch), sequence: SequenceNumber(sequence))
}

/// A change that makes the version after this one; the first is 1 here.
package func change(
    from before: Int64 = 0,
    to value: Int64,
    on version: Version,
    form: StoredForm = .empty,
    extendsLife: Bool = true
) -> StateChange<CounterLogic> {
    StateChange(
        before: .init(value: before),
        after: .init(value: value),
        events: [.added(value - before)],
        form: form,
        sequence: version.sequence.next,
        extendsLife: extendsLife
    )
}

extension StoreFixture {
    /// The generation on one server, which a heartbeat tells.
    package func generation() async throws -> Generation {
        try await beat(SessionID("observer")).generation
    }

    /// Sends a heartbeat, so that there is a generation.
    ///
    /// - Returns: the generation.
    @discardableResult
    package func beat(
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

    package func claim(
        _ mode: ClaimTerms.Mode,
        as session: SessionID = me,
        attempt: UInt64 = 1,
        dead: [SessionID] = [],
        under generation: Generation? = nil
    ) async throws -> ClaimResult<CounterLogic.State> {
        let inForce =
            if let generation { generation } else { try await self.generation() }
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

    /// Claims an actor, and offers a copy.
    ///
    /// - Parameters:
    ///   - generation: nil for the one in force.
    ///   - notAfter: never by default.
    package func reclaim(
        _ held: Version,
        _ value: Int64,
        mode: ClaimTerms.Mode = .take,
        attempt: UInt64 = 7,
        dead: [SessionID] = [],
        under generation: Generation? = nil,
        notAfter: StoreTime = never
    ) async throws -> ClaimResult<CounterLogic.State> {
        let inForce =
            if let generation { generation } else { try await self.generation() }
        return try await store.reclaim(
            cart,
            ClaimTerms(
                mode: mode,
                session: me,
                attempt: ClaimAttempt(attempt),
                generation: inForce,
                dead: dead
            ),
            offer: ClaimOffer(version: held, state: .init(value: value), notAfter: notAfter)
        )
    }

    package func commit(
        _ version: Version,
        as id: String,
        from before: Int64 = 0,
        to value: Int64,
        form: StoredForm = .empty,
        extendsLife: Bool = true
    ) async throws -> CommitAnswer {
        try await store.commit(
            cart,
            owner: me,
            version: version,
            commit: CommitID(id),
            change: change(from: before, to: value, on: version, form: form, extendsLife: extendsLife)
        ).answer
    }

    package func resolve(_ version: Version, _ id: String) async throws -> ResolveAnswer {
        try await store.resolve(cart, owner: me, version: version, commit: CommitID(id))
    }

    /// - Parameters:
    ///   - generation: nil for the one in force.
    ///   - notAfter: never by default.
    package func republish(
        _ version: Version,
        as session: SessionID = me,
        attempt: UInt64,
        under generation: Generation? = nil,
        notAfter: StoreTime = never,
        value: Int64
    ) async throws -> RepublishAnswer {
        let inForce =
            if let generation { generation } else { try await self.generation() }
        return try await store.republish(
            cart,
            owner: session,
            version: version,
            terms: RepublishTerms(attempt: ClaimAttempt(attempt), generation: inForce, notAfter: notAfter),
            state: .init(value: value)
        )
    }

    package func release(_ version: Version) async throws -> ReleaseAnswer {
        try await store.release(cart, owner: me, version: version)
    }

    /// - Parameters:
    ///   - generation: nil for the one in force.
    ///   - notAfter: never by default.
    package func surrender(
        _ version: Version,
        under generation: Generation? = nil,
        notAfter: StoreTime = never,
        _ value: Int64
    ) async throws -> SurrenderAnswer {
        let inForce =
            if let generation { generation } else { try await self.generation() }
        return try await store.surrender(
            cart,
            owner: me,
            version: version,
            terms: SurrenderTerms(generation: inForce, notAfter: notAfter),
            state: .init(value: value)
        )
    }

    /// Claims an actor.
    ///
    /// - Returns: the version that was granted.
    package func take(attempt: UInt64 = 1) async throws -> Version {
        guard case .granted(let version) = try await claim(.create, attempt: attempt).answer else {
            throw Unexpected(what: "no grant")
        }
        return version
    }
}

package struct Unexpected: Error {
    package let what: String

    package init(what: String) {
        self.what = what
    }
}
