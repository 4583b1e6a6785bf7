package import ActorRuntime
package import CounterActor
internal import Logging
internal import NIOCore
internal import NIOPosix
package import Ownership
internal import RedisActorStore
package import RedisClient
package import ServerTesting

/// The store on a real server, and its membership.
package struct RedisStoreFixture: StoreFixture {
    /// The side of the store that a test uses.
    package enum Side: CaseIterable, Sendable {
        case tasks, loop

        package func store(
            on client: RedisClient,
            layout: any StateLayout<CounterLogic>
        ) -> any ActorStore<CounterLogic> {
            store(on: .one(client), layout: layout)
        }

        func store(
            on servers: RedisServers,
            layout: any StateLayout<CounterLogic>
        ) -> any ActorStore<CounterLogic> {
            let store = RedisActorStore(
                servers: servers,
                loopServers: [servers],
                layout: layout,
                lifetime: { $0.value == shortLivedValue ? ownLifetime : nil },
                leastLifetime: leastLifetime
            )
            return switch self {
            case .tasks: store
            case .loop: LoopSideStore(of: store, on: servers.eventLoop)
            }
        }
    }

    package let server: RedisServerFixture
    /// The client of the server, also where it is one of a cluster.
    package let client: RedisClient
    package let store: any ActorStore<CounterLogic>
    package let registry: any SessionRegistry
    private let servers: RedisServers
    private let topology: RedisStoreTopology?

    /// Runs `body` with a client of a running server.
    ///
    /// - Parameter proxy: the way to the server; the client then has little patience.
    package static func with<Value>(
        _ server: RedisServerFixture,
        side: Side = .tasks,
        user: String? = nil,
        password: String? = nil,
        database: Int = 0,
        through proxy: FaultProxy? = nil,
        replyByteLimit: Int? = nil,
        _ body: (RedisStoreFixture) async throws -> Value
    ) async throws -> Value {
        var configuration = RedisConfiguration(address: .unix(path: server.socketPath))
        configuration.commandTimeout = .seconds(5)
        if let proxy {
            configuration.address = .tcp(host: "127.0.0.1", port: proxy.port)
            configuration.commandTimeout = .milliseconds(300)
        }
        configuration.user = user
        configuration.database = database
        configuration.password = password.map { Secret($0) }
        if let replyByteLimit { configuration.replyByteLimit = replyByteLimit }
        let client = RedisClient(
            configuration: configuration,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let running = Task { try await client.run() }
        let fixture = RedisStoreFixture(server: server, client: client, side: side)
        let result: Result<Value, any Error>
        do {
            await fixture.connected()
            result = .success(try await body(fixture))
        } catch {
            result = .failure(error)
        }
        running.cancel()
        try await running.value
        return try result.get()
    }

    private init(
        server: RedisServerFixture,
        client: RedisClient,
        servers: RedisServers? = nil,
        side: Side
    ) {
        self.server = server
        self.client = client
        let servers = servers ?? .one(client)
        self.servers = servers
        switch servers {
        case .one: topology = nil
        case .cluster(let cluster): topology = RedisStoreTopology(client: cluster)
        }
        let reader = StateReader(decider: CounterLogic(), codec: CounterCodec())
        store = side.store(on: servers, layout: SnapshotLayout(reader))
        registry = RedisSessionRegistry(
            servers: servers,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    /// Runs `body` with a client of a cluster of one server.
    package static func with<Value>(
        _ cluster: RedisClusterFixture,
        side: Side = .tasks,
        _ body: (RedisStoreFixture) async throws -> Value
    ) async throws -> Value {
        try await RedisClusterConnection.with(cluster) { connection in
            let member = cluster.members[0]
            let client = try await connection.client(of: member)
            let fixture = RedisStoreFixture(
                server: member.server,
                client: client,
                servers: .cluster(connection.client),
                side: side
            )
            return try await body(fixture)
        }
    }

    package func generation() async throws -> Generation {
        guard let topology, let server = topology.servers.first else {
            return try await beat(SessionID("observer")).generation
        }
        return try await topology.probe(server).generation
    }

    package func connected() async {
        for await state in client.states() where state == .connected { return }
    }

    package func key(_ id: ActorID) -> String { RedisKeys(cluster: .standard).actor(id) }
    package let nodes = RedisKeys(cluster: .standard).nodes

    package func record(_ id: ActorID) async throws -> RecordSnapshot? {
        let flat = try await client.send("HGETALL", [.string(key(id))]).array
        guard !flat.isEmpty else { return nil }
        var fields: [String: String] = [:]
        for at in stride(from: 0, to: flat.count, by: 2) {
            fields[try flat[at].string] = try flat[at + 1].string
        }
        guard let owner = fields["o"], let epoch = fields["e"].flatMap(UInt64.init),
            let attempt = fields["a"].flatMap(UInt64.init), let sequence = fields["q"].flatMap(UInt64.init)
        else { throw Unexpected(what: "\(fields)") }
        return RecordSnapshot(
            owner: owner,
            epoch: epoch,
            attempt: attempt,
            sequence: sequence,
            commit: fields["c"] ?? "",
            value: try fields["s"].map { try CounterCodec().decode(state: Array($0.utf8)).value },
            life: fields["t"].flatMap { Int64($0) }
        )
    }

    package func put(_ record: RecordSnapshot?, at id: ActorID) async throws {
        var commands = RedisPipeline()
        commands.append("DEL", [.string(key(id))])
        if let record { commands.append("HSET", try words(of: record, at: id)) }
        for reply in try await client.send(commands) { _ = try reply.integer }
    }

    private func words(of record: RecordSnapshot, at id: ActorID) throws -> [RedisArgument] {
        var words: [RedisArgument] = [
            .string(key(id)), "o", .string(record.owner), "e", .string(String(record.epoch)),
            "a", .string(String(record.attempt)), "q", .string(String(record.sequence)), "c",
            .string(record.commit),
        ]
        if let value = record.value {
            words += ["s", .bytes(try CounterCodec().encode(state: .init(value: value)))]
        }
        if let life = record.life { words += ["t", .string(String(life))] }
        return words
    }

    package func set(_ field: String, _ value: RedisArgument, at id: ActorID = cart) async throws {
        _ = try await client.send("HSET", [.string(key(id)), .string(field), value])
    }

    package func malform(_ session: SessionID) async throws {
        _ = try await client.send("HSET", [.string(nodes), .string(session.rawValue), "7 alive"])
    }

    package func age(_ session: SessionID, bySeconds seconds: UInt64) async throws {
        let field: [RedisArgument] = [.string(nodes), .string(session.rawValue)]
        var parts = try await client.send("HGET", field).string.split(separator: " ")
        guard parts.count > 3, let since = UInt64(parts[3]) else { throw Unexpected(what: "\(parts)") }
        parts[3] = "\(since - seconds)"
        _ = try await client.send("HSET", field + [.string(parts.joined(separator: " ") + " ")])
    }

    package func flush() async throws { _ = try await client.send("FLUSHALL") }

    package func setFull(_ isFull: Bool) async throws {
        _ = try await client.send("CONFIG", ["SET", "maxmemory", isFull ? "1" : "0"])
    }

    package func restart() async throws {
        try await server.restart()
        var isBack = false
        while !isBack {
            do throws(RedisError) {
                // A primary of a cluster needs two seconds before it accepts this.
                _ = try await client.send("TYPE", [.string(nodes)])
                isBack = true
            } catch {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    package func prune(olderThan seconds: UInt64, keeping limit: Int) async throws -> Int {
        let pruner = RedisSessionRegistry(
            servers: servers,
            tombstoneRetention: .seconds(Int64(seconds)),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        return try await pruner.prune(keeping: limit)
    }
}

/// Runs a test on a store of its own, on a real server.
package func withRedis(
    _ options: RedisServerFixture.Options = .init(),
    _ body: (RedisStoreFixture) async throws -> Void
) async throws {
    try await RedisServerFixture.with(options) { server in try await RedisStoreFixture.with(server, body) }
}
