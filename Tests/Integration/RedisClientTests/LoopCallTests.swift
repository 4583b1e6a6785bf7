import NIOCore
import NIOPosix
import ServerTesting
import Testing

@testable import RedisClient

/// Calls of code on the client's own event loop.
@Suite(.timeLimit(.minutes(1))) struct LoopCallTests {
    private let echo = RedisScript(name: "echo", source: "return ARGV[1]")

    private func bulk(_ text: String) -> RedisValue { .bulk(Array(text.utf8)) }

    /// The name of a call, as a server sees it.
    private static func name(_ words: [String]) -> String { words.last ?? "" }

    @Test func `calls are answered in their order, each once, and none before it has returned`() async throws
    {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                let caller = LoopCaller(client, echo)
                let names = (0..<2_000).map { "\($0)" }
                caller.call(names)
                var events = caller.events.makeAsyncIterator()
                for name in names { #expect(await events.next() == .returned(name)) }
                for name in names { #expect(await events.next() == .received(name, .success(bulk(name)))) }
                #expect(await caller.outcome("last") == .success(bulk("last")))
            }
        }
    }

    @Test func `a call out of an outcome returns before it has its own`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                let caller = LoopCaller(client, echo)
                caller.call(["a", "b"], next: ["c"])
                var events = caller.events.makeAsyncIterator()
                let expected: [LoopCaller.Event] = [
                    .returned("a"), .returned("b"),
                    .received("a", .success(bulk("a"))), .returned("c"),
                    .received("b", .success(bulk("b"))), .returned("c"),
                    .received("c", .success(bulk("c"))), .received("c", .success(bulk("c"))),
                ]
                // The script is loaded first: by both calls, which are in flight at once.
                for event in expected { #expect(await events.next() == event) }
            }
        }
    }

    @Test func `calls of one turn and what tasks send meanwhile share a connection in order`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                let caller = LoopCaller(client, echo)
                for round in 0..<50 {
                    caller.call((0..<20).map { "\(round).\($0)" })
                    async let single = client.send("ECHO", [.integer(Int64(round))])
                    var pipeline = RedisPipeline()
                    for number in 0..<20 { pipeline.append("ECHO", [.integer(Int64(number))]) }
                    let replies = try await client.send(pipeline)
                    #expect(replies == (0..<20).map { bulk("\($0)") })
                    #expect(try await single == bulk("\(round)"))
                    for (number, answer) in await caller.outcomes(20).enumerated() {
                        #expect(answer.name == "\(round).\(number)")
                        #expect(answer.outcome == .success(bulk(answer.name)))
                    }
                }
            }
        }
    }

    @Test func `a script is learnt when it is called, and a call runs it once however often it is forgotten`()
        async throws
    {
        let add = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], 1) .. ARGV[1]")
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                let caller = LoopCaller(client, add)
                for number in 1...50 {
                    #expect(await caller.outcome("!") == .success(bulk("\(number)!")))
                    if number.isMultiple(of: 2) { _ = try await client.send("SCRIPT", ["FLUSH"]) }
                }
                let loads = try await client.send("INFO", ["commandstats"]).string
                #expect(loads.contains("cmdstat_script|load:calls=25,"))
            }
        }
    }

    @Test func `a script that Redis cannot learn is told why`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                let caller = LoopCaller(client, RedisScript(name: "broken", source: "return ("))
                guard case .failure(let error)? = await caller.outcome("a") else {
                    Issue.record("it ran")
                    return
                }
                #expect("\(error)".contains("Error compiling script"))
                await #expect(throws: error) {
                    try await client.call(RedisScript(name: "broken", source: "return ("))
                }
            }
        }
    }

    @Test func `an error of the script is its outcome, and harms no other call`() async throws {
        let picky = RedisScript(
            name: "picky",
            source: "if ARGV[1] == 'b' then return redis.error_reply('FENCED late') end return ARGV[1]"
        )
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                let caller = LoopCaller(client, picky)
                caller.call(["a", "b", "c"])
                #expect(
                    await caller.outcomes(3).map(\.outcome) == [
                        .success(bulk("a")),
                        .failure(.server(RedisServerError(code: "FENCED", message: "late"))),
                        .success(bulk("c")),
                    ]
                )
            }
        }
    }

    @Test func `a call that is not answered in time ends the connection, and the next one is served`()
        async throws
    {
        let script: HostileServer.Script = { words in
            Self.name(words) == "lost" ? .nothing : .bytes("+\(Self.name(words))\r\n")
        }
        try await HostileServer.with(script: script) { server in
            var configuration = server.configuration
            configuration.commandTimeout = .seconds(1)
            try await withConnectedClient(configuration) { client in
                let caller = LoopCaller(client, echo)
                #expect(await caller.outcome("lost") == .failure(.timedOut(sent: true)))
                await client.becomes { $0 == .connected }
                #expect(await caller.outcome("found") == .success(.simple("found")))
            }
        }
    }

    @Test func `a call without a connection fails, and only after it has returned`() async throws {
        try await HostileServer.with(isMute: true) { server in
            try await withClient(server.configuration) { client in
                let caller = LoopCaller(client, echo)
                caller.call(["a", "b"])
                var events = caller.events.makeAsyncIterator()
                #expect(await events.next() == .returned("a"))
                #expect(await events.next() == .returned("b"))
                for name in ["a", "b"] {
                    guard case .received(name, .failure(.notConnected))? = await events.next() else {
                        Issue.record("\(name) was sent")
                        continue
                    }
                }
            }
        }
    }

    @Test
    func `calls beyond the limit are refused after they have returned, and those before are not harmed`()
        async throws
    {
        let gate = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        try await HostileServer.with(script: { .later(gate.futureResult, "+\(Self.name($0))\r\n") }) {
            server in
            var configuration = server.configuration
            configuration.inFlightLimit = 2
            try await withConnectedClient(configuration) { client in
                let caller = LoopCaller(client, echo)
                caller.call(["a", "b", "c", "d"])
                var events = caller.events.makeAsyncIterator()
                for name in ["a", "b", "c", "d"] { #expect(await events.next() == .returned(name)) }
                for name in ["c", "d"] {
                    #expect(await events.next() == .received(name, .failure(.overloaded)))
                }
                gate.succeed()
                for name in ["a", "b"] {
                    #expect(await events.next() == .received(name, .success(.simple(name))))
                }
                #expect(await caller.outcome("e") == .success(.simple("e")))
            }
        }
    }

    @Test func `a call with more bytes than may wait is refused, and leaves none of them behind`()
        async throws
    {
        try await HostileServer.with(script: { .bytes("+\(Self.name($0))\r\n") }) { server in
            var configuration = server.configuration
            configuration.unsentByteLimit = 200
            try await withConnectedClient(configuration) { client in
                let caller = LoopCaller(client, echo)
                let long = String(repeating: "x", count: 200)
                caller.call(["a", long, "b"])
                let outcomes = await caller.outcomes(3)
                #expect(outcomes.map(\.name) == [long, "a", "b"])
                #expect(
                    outcomes.map(\.outcome) == [
                        .failure(.overloaded), .success(.simple("a")), .success(.simple("b")),
                    ]
                )
            }
        }
    }

    @Test func `when the client stops, every call is let go`() async throws {
        try await HostileServer.with { server in
            let (caller, client) = try await withConnectedClient(server.configuration) { client in
                var heard = server.received.makeAsyncIterator()
                let caller = LoopCaller(client, echo)
                caller.call(["a"])
                _ = await heard.next()
                return (caller, client)
            }
            let lost = RedisError.connectionLost(reason: DisconnectReason.shutDown.reason)
            #expect(await caller.outcomes(1).map(\.outcome) == [.failure(lost)])
            #expect(await caller.outcome("b") == .failure(.shutDown))
            #expect(!client.isConnected)
        }
    }
}
