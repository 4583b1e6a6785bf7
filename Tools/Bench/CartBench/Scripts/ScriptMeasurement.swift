import ActorRuntime
import Cart
import CartActor
import Logging
import NIOPosix
import Ownership
import RedisActorStore
import RedisClient
import Synchronization

/// Two states of a cart, of which each is one change away from the other.
struct ScriptContent: Sendable {
    let lines: Int
    let states: [CartRecord]
    /// The events that lead to the state of the same place.
    let events: [[CartEvent]]
    /// The state as the strategy `snapshot` stores it.
    let bytes: [UInt8]

    init(_ fixtures: Fixtures) throws {
        lines = fixtures.lines
        var cart = CartRecord(cart: .none)
        for command in [fixtures.create()] + (1...max(1, fixtures.lines)).map(fixtures.addLine) {
            _ = try Self.apply(command, to: &cart)
        }
        var states: [CartRecord] = []
        var events: [[CartEvent]] = []
        for quantity in [1_000, 1_001] as [Int64] {
            events.append(try Self.apply(fixtures.setQuantity(quantity, of: 1), to: &cart))
            states.append(cart)
        }
        self.states = states
        self.events = events
        bytes = try CartCodec().encode(state: cart)
    }

    private static func apply(_ command: CartCommand, to cart: inout CartRecord) throws -> [CartEvent] {
        let logic = CartLogic()
        switch logic.decide(command, on: cart, sequence: 1, next: 2) {
        case .accept(let events, _):
            for event in events { logic.evolve(&cart, with: event) }
            return events
        case .reject(let rejection):
            throw BenchFailure("the cart rejected a command: \(rejection)")
        }
    }

    /// The change that makes a version.
    func change(to sequence: UInt64, form: StoredForm, extendsLife: Bool) -> StateChange<CartLogic> {
        let place = Int(sequence % 2)
        return StateChange(
            before: states[1 - place],
            after: states[place],
            events: events[place],
            form: form,
            sequence: SequenceNumber(sequence),
            extendsLife: extendsLife
        )
    }
}

/// The measurement of all scripts on one Redis, for one content.
struct ScriptMeasurement: Sendable {
    private static let session = SessionID("0123456789abcdef0123456789abcdef")

    private let content: ScriptContent
    private let options: Scripts
    private let client: RedisClient
    private let store: RedisActorStore<CartLogic>
    private let generation: Generation

    /// - Parameter socket: path of the Unix socket of an empty Redis.
    static func with<Value: Sendable>(
        _ options: Scripts,
        content: ScriptContent,
        on socket: String,
        _ body: (ScriptMeasurement) async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "cart-bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        var configuration = RedisConfiguration(address: .unix(path: socket))
        // A busy machine must not end the measurement.
        configuration.commandTimeout = .seconds(60)
        let client = RedisClient(
            configuration: configuration,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { group.cancelAll() }
            for await state in client.states() where state == .connected { break }
            let registry = RedisSessionRegistry(client: client, logger: logger)
            let card = NodeCard(name: "bench", link: "127.0.0.1:0", build: "bench")
            let heartbeat = Heartbeat(session: session, draining: false, settled: nil, card: card)
            guard case .alive(let report) = try await registry.beat(heartbeat) else {
                throw BenchFailure("the session is dead")
            }
            let measurement = ScriptMeasurement(
                options,
                content: content,
                client: client,
                generation: report.generation
            )
            return try await body(measurement)
        }
    }

    private init(
        _ options: Scripts,
        content: ScriptContent,
        client: RedisClient,
        generation: Generation
    ) {
        self.content = content
        self.options = options
        self.client = client
        self.generation = generation
        let reader = StateReader(decider: CartLogic(), codec: CartCodec())
        store = RedisActorStore(client: client, layout: SnapshotLayout(reader))
    }

    private var session: SessionID { Self.session }

    func run() async throws -> [ScriptFigures] {
        var times: [String: [Double]] = [:]
        var names: [String] = []
        func note(_ name: String, _ time: Double) {
            if times[name] == nil { names.append(name) }
            times[name, default: []].append(time)
        }
        try await prepare()
        for round in 0..<options.rounds {
            let epochs = Mutex([Epoch](repeating: Epoch(0), count: options.carts))
            note(
                "claim",
                try await time(1) { number, _ in
                    let epoch = try await claim(number, .take, attempt: UInt64(round + 2))
                    epochs.withLock { $0[number] = epoch }
                }
            )
            let owned = epochs.withLock { $0 }
            let first = UInt64(1 + round * 2 * options.visits)
            note(
                "commit",
                try await time(options.visits) { number, visit in
                    let at = Version(epoch: owned[number], sequence: SequenceNumber(first + UInt64(visit)))
                    try await commit(number, at, extendsLife: false)
                }
            )
            let second = first + UInt64(options.visits)
            note(
                "commit, extends life",
                try await time(options.visits) { number, visit in
                    let at = Version(epoch: owned[number], sequence: SequenceNumber(second + UInt64(visit)))
                    try await commit(number, at, extendsLife: true)
                }
            )
            let last = SequenceNumber(second + UInt64(options.visits))
            note(
                "verify",
                try await time(options.visits) { number, _ in
                    let at = Version(epoch: owned[number], sequence: last)
                    let answer = try await store.verify(
                        Fixtures.id(number),
                        owner: session,
                        version: at,
                        generation: generation
                    )
                    guard answer == .intact else { throw BenchFailure("verify: \(answer)") }
                }
            )
            note(
                "release",
                try await time(1) { number, _ in
                    let at = Version(epoch: owned[number], sequence: last)
                    let answer = try await store.release(Fixtures.id(number), owner: session, version: at)
                    guard answer == .released else { throw BenchFailure("release: \(answer)") }
                }
            )
            for part in Self.parts {
                note(part.name, try await time(options.visits) { try await call(part, on: $0, visit: $1) })
            }
        }
        return names.map { name in
            ScriptFigures(
                script: name,
                lines: content.lines,
                bytes: content.bytes.count,
                redisTime: Spread(times[name] ?? [])
            )
        }
    }

    /// Redis's time per call, in microseconds, if each cart is visited so often.
    private func time(
        _ visits: Int,
        _ body: @escaping @Sendable (_ number: Int, _ visit: Int) async throws -> Void
    ) async throws -> Double {
        let before = try await RedisUsage(of: client).processor
        _ = try await options.concurrency.pool.time(options.carts, rounds: visits, body)
        let after = try await RedisUsage(of: client).processor
        return (after - before) * 1e6 / Double(options.carts * visits)
    }

    /// Makes every cart with its first version, and without an owner.
    private func prepare() async throws {
        try await options.concurrency.pool.work(options.carts) { number in
            let at = Version(epoch: try await claim(number, .create, attempt: 1), sequence: .zero)
            try await commit(number, at, extendsLife: true)
            let made = Version(epoch: at.epoch, sequence: SequenceNumber(1))
            let answer = try await store.release(Fixtures.id(number), owner: session, version: made)
            guard answer == .released else { throw BenchFailure("release: \(answer)") }
            let fields: [RedisArgument] = ["o", "e", "q", "c", "s"].flatMap { [$0, "0"] }
            _ = try await client.send("HSET", [.string(partKey(number))] + fields)
        }
    }

    private func claim(_ number: Int, _ mode: ClaimTerms.Mode, attempt: UInt64) async throws -> Epoch {
        let terms = ClaimTerms(
            mode: mode,
            session: session,
            attempt: ClaimAttempt(attempt),
            generation: generation,
            dead: []
        )
        let claim = try await store.claim(Fixtures.id(number), terms)
        guard case .granted(let version) = claim.answer else { throw BenchFailure("claim: \(claim.answer)") }
        return version.epoch
    }

    private func commit(_ number: Int, _ at: Version, extendsLife: Bool) async throws {
        let next = at.sequence.rawValue + 1
        let result = try await store.commit(
            Fixtures.id(number),
            owner: session,
            version: at,
            commit: CommitID("\(session.rawValue)-\(next)"),
            change: content.change(
                to: next,
                form: at.sequence == .zero ? .empty : .snapshot,
                extendsLife: extendsLife
            )
        )
        guard result.answer == .committed else { throw BenchFailure("commit: \(result.answer)") }
    }
}

extension ScriptMeasurement {
    /// Scripts with the key and the arguments of a commit, which do one part of its work.
    private static let parts = [
        ("part: no command", ""),
        ("part: HMGET", "redis.pcall('HMGET', KEYS[1], 'o', 'e', 'q', 't')"),
        ("part: HSET", "redis.pcall('HSET', KEYS[1], 'q', ARGV[6], 'c', ARGV[7], unpack(ARGV, 8))"),
        ("part: PEXPIRE", "redis.pcall('PEXPIRE', KEYS[1], '2592000000')"),
        ("part: PUBLISH", "redis.pcall('PUBLISH', KEYS[1], ARGV[6])"),
    ].map { name, command in
        RedisScript(name: name, source: "#!lua\n\(command)\nreturn 'COMMITTED'\n")
    }

    private func partKey(_ number: Int) -> String { "part:{\(Fixtures.id(number))}" }

    private func call(_ part: RedisScript, on number: Int, visit: Int) async throws {
        let sequence = 1_764_000_000_000_000 + Int64(visit)
        _ = try await client.call(
            part,
            keys: [partKey(number)],
            arguments: [
                .string(session.rawValue), "1764000000000000", .integer(sequence), "", "keep",
                .integer(sequence + 1), .string("\(session.rawValue)-\(visit)"), "s", .bytes(content.bytes),
            ]
        )
    }
}
