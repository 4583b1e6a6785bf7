import ActorRuntime
import CounterActor
import Logging
import Ownership
import RedisActorStore
import RedisClient
import ServerTesting
import StoreTesting

/// The store and the membership of a node, on a cluster of a test.
struct ClusterStore: Sendable {
    let cluster: RedisClusterFixture
    let client: RedisClusterClient
    let store: RedisActorStore<CounterLogic>
    let registry: RedisSessionRegistry
    let topology: RedisStoreTopology

    static func with(
        _ options: RedisClusterFixture.Options = .init(),
        _ body: (ClusterStore) async throws -> Void
    ) async throws {
        try await RedisClusterFixture.with(options) { cluster in
            try await RedisClusterConnection.with(cluster) { connection in
                let servers = RedisServers.cluster(connection.client)
                let reader = StateReader(decider: CounterLogic(), codec: CounterCodec())
                let store = RedisActorStore<CounterLogic>(servers: servers, layout: SnapshotLayout(reader))
                let registry = RedisSessionRegistry(
                    servers: servers,
                    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
                )
                try await body(
                    ClusterStore(
                        cluster: cluster,
                        client: connection.client,
                        store: store,
                        registry: registry,
                        topology: RedisStoreTopology(client: connection.client)
                    )
                )
            }
        }
    }

    /// The word of a server, once it gives one.
    func word(of member: RedisClusterFixture.Member) async throws -> ServerWord {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do throws(StoreFailure) {
                return try await topology.probe(StoreServerID(member.id))
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// An actor whose record is in a slot.
    ///
    /// - Parameter number: tells actors of one slot apart.
    func actor(in slot: Int, number: Int = 0) -> ActorID {
        let names = (0...).lazy.map { String($0, radix: 16) }
        let ids = names.filter { HashSlot.of(tag: $0) == UInt16(slot) }.dropFirst(number)
        return ActorID(ids.first { _ in true } ?? "")
    }

    /// The name of an actor's key.
    func key(_ id: ActorID) -> String { RedisKeys(cluster: .standard).actor(id) }

    func claim(
        _ id: ActorID,
        _ mode: ClaimTerms.Mode,
        attempt: UInt64 = 1,
        dead: [SessionID] = [],
        under generation: Generation
    ) async throws -> ClaimResult<CounterLogic.State> {
        let terms = ClaimTerms(
            mode: mode,
            session: me,
            attempt: ClaimAttempt(attempt),
            generation: generation,
            dead: dead
        )
        return try await store.claim(id, terms)
    }

    /// Creates an actor.
    ///
    /// - Returns: the version that was granted.
    func create(_ id: ActorID, under generation: Generation) async throws -> Version {
        let answer = try await claim(id, .create, under: generation).answer
        guard case .granted(let version) = answer else { throw Unexpected(what: "\(answer)") }
        return version
    }

    /// Commits a value.
    ///
    /// - Returns: the version that the commit made.
    func commit(
        _ id: ActorID,
        _ version: Version,
        to value: Int64,
        form: StoredForm = .empty
    ) async throws -> Version {
        let answer = try await store.commit(
            id,
            owner: me,
            version: version,
            commit: CommitID("c\(value)"),
            change: change(to: value, on: version, form: form)
        ).answer
        guard answer == .committed else { throw Unexpected(what: "\(answer)") }
        return Version(epoch: version.epoch, sequence: version.sequence.next)
    }
}
