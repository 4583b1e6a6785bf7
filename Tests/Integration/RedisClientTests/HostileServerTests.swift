import NIOCore
import NIOPosix
import Testing

@testable import RedisClient

@Suite(.timeLimit(.minutes(1))) struct HostileServerTests {
    @Test func `an endless error in the handshake is cut`() {
        let error = RedisServerError(code: "WRONGPASS", message: String(repeating: "e", count: 10_000))
        let text = HandshakeFailure.command(.server(error)).description
        #expect(text.count == 200 && text.contains("WRONGPASS"))
    }

    @Test func `a reply that drips in byte by byte is whole at its end`() async throws {
        try await HostileServer.with(script: { .dripping("*2\r\n$5\r\n\($0[1])\r\n:7\r\n") }) { server in
            try await withConnectedClient(server.configuration) { client in
                for word in ["alpha", "bravo"] {
                    let reply = try await client.send("ASK", [.string(word)])
                    #expect(reply == .array([.bulk(Array(word.utf8)), .integer(7)]))
                }
            }
        }
    }

    @Test
    func `a dropped reply fails every command in flight, is lent to nobody, and a new connection is made`()
        async throws
    {
        let script: HostileServer.Script = { words in
            words[1] == "lost" ? .nothing : .bytes("+\(words[1])\r\n")
        }
        try await HostileServer.with(script: script) { server in
            var configuration = server.configuration
            configuration.commandTimeout = .seconds(1)
            try await withConnectedClient(configuration) { client in
                async let lost = client.failure("ASK", ["lost"])
                #expect(await lost == .timedOut(sent: true))
                await client.becomes { $0 == .connected }
                #expect(await client.outcome("ASK", ["found"]) == .success(.simple("found")))
            }
        }
    }

    /// RESP does not number its replies: a reply cut out of the middle of a stream cannot be noticed before
    /// one is missing at its end.
    @Test func `a server that skips a reply is given up when the last of its commands waits in vain`()
        async throws
    {
        let script: HostileServer.Script = { $0[1] == "skipped" ? .nothing : .bytes("+\($0[1])\r\n") }
        try await HostileServer.with(script: script) { server in
            var configuration = server.configuration
            configuration.commandTimeout = .seconds(2)
            try await withConnectedClient(configuration) { client in
                var heard = server.received.makeAsyncIterator()
                async let first = client.failure("ASK", ["skipped"])
                #expect(await heard.next() == ["ASK", "skipped"])
                async let second = client.failure("ASK", ["second"])
                #expect(await first == nil)
                #expect(await second == .timedOut(sent: true))
                await client.becomes { $0 == .connected }
                #expect(await client.outcome("ASK", ["third"]) == .success(.simple("third")))
            }
        }
    }

    @Test(arguments: [
        "?\r\n", "$-7\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
        "HTTP/1.1 400 Bad\r\n",
    ])
    func `garbage fails the command as a violation and ends the connection`(garbage: String) async throws {
        let script: HostileServer.Script = { words in
            words[1] == "bad" ? .bytes(garbage) : .bytes("+fine\r\n")
        }
        try await HostileServer.with(script: script) { server in
            try await withConnectedClient(server.configuration) { client in
                let error = await client.failure("ASK", ["bad"])
                guard case .protocolViolation = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(error?.mayHaveBeenExecuted == true)
                await client.becomes { $0 == .connected }
                #expect(await client.outcome("ASK", ["good"]) == .success(.simple("fine")))
            }
        }
    }

    @Test(arguments: ["+extra\r\n", "+ex", "*2\r\n:1\r\n"])
    func `a reply too many, whole or begun, ends the connection and reaches nobody`(extra: String)
        async throws
    {
        let script: HostileServer.Script = { words in
            .bytes("+\(words[1])\r\n\(words[1] == "one" ? extra : "")")
        }
        let seen = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        try await HostileServer.with(reconnects: seen.futureResult, script: script) { server in
            try await withConnectedClient(server.configuration) { client in
                #expect(await client.outcome("ASK", ["one"]) == .success(.simple("one")))
                await client.isRefused(because: "unexpected reply")
                seen.succeed()
                await client.becomes { $0 == .connected }
                #expect(await client.outcome("ASK", ["two"]) == .success(.simple("two")))
            }
        }
    }

    @Test func `a server that speaks first is not believed`() async throws {
        try await HostileServer.with(greeting: "+OK\r\n+PONG\r\n+PONG\r\n") { server in
            try await withClient(server.configuration) { client in
                await client.isRefused(because: "handshake failed")
                #expect(await client.failure("PING")?.mayHaveBeenExecuted == false)
            }
        }
    }

    @Test func `a server that accepts and never answers is given up, and nothing was sent to it`()
        async throws
    {
        try await HostileServer.with(isMute: true) { server in
            var configuration = server.configuration
            configuration.commandTimeout = .milliseconds(300)
            try await withClient(configuration) { client in
                await client.isRefused(because: "no reply in time")
                guard case .notConnected = await client.failure("PING") else {
                    Issue.record("a command was sent")
                    return
                }
            }
        }
    }

    @Test(arguments: ["", "*2\r\n:1\r\n", "$10\r\nabc"])
    func `a connection closed in the middle of a reply is lost, and may have executed the command`(
        part: String
    ) async throws {
        try await HostileServer.with(script: { _ in .bytesThenClose(part) }) { server in
            try await withConnectedClient(server.configuration) { client in
                let error = await client.failure("ASK", ["x"])
                guard case .connectionLost = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(error?.mayHaveBeenExecuted == true)
            }
        }
    }

    @Test func `a reply larger than the limit fails its caller alone`() async throws {
        let element = "$1000\r\n" + String(repeating: "x", count: 1_000) + "\r\n"
        let big = "*100\r\n" + String(repeating: element, count: 100)
        try await HostileServer.with(script: { .bytes($0[0] == "BIG" ? big : "+fine\r\n") }) { server in
            var configuration = server.configuration
            configuration.replyByteLimit = 50_000
            try await withConnectedClient(configuration) { client in
                async let before = client.send("SMALL", [])
                async let failure = client.failure("BIG", ["x"])
                async let after = client.send("SMALL", [])
                let (first, failed, second) = try await (before, failure, after)
                #expect(failed == .replyTooLarge(byteLimit: 50_000))
                #expect(first == .simple("fine") && second == .simple("fine"))
                #expect(RedisError.replyTooLarge(byteLimit: 50_000).mayHaveBeenExecuted)
            }
        }
    }

    @Test func `a text larger than the limit is a violation`() async throws {
        let big = "$100000\r\n" + String(repeating: "x", count: 100_000) + "\r\n"
        try await HostileServer.with(script: { _ in .bytes(big) }) { server in
            var configuration = server.configuration
            configuration.replyByteLimit = 50_000
            try await withConnectedClient(configuration) { client in
                #expect(
                    await client.failure("ASK", ["x"])
                        == .protocolViolation("a text is larger than 50000 bytes")
                )
            }
        }
    }

    @Test func `a command beyond the limit is refused at once, and those before it are not harmed`()
        async throws
    {
        let gate = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        try await HostileServer.with(script: { .later(gate.futureResult, "+\($0[1])\r\n") }) { server in
            var configuration = server.configuration
            configuration.inFlightLimit = 2
            configuration.commandTimeout = .seconds(50)
            try await withConnectedClient(configuration) { client in
                var heard = server.received.makeAsyncIterator()
                async let first = client.outcome("ASK", ["first"])
                _ = await heard.next()
                async let second = client.outcome("ASK", ["second"])
                _ = await heard.next()
                #expect(await client.failure("ASK", ["third"]) == .overloaded)
                gate.succeed()
                #expect(await first == .success(.simple("first")))
                #expect(await second == .success(.simple("second")))
                #expect(await client.outcome("ASK", ["fourth"]) == .success(.simple("fourth")))
            }
        }
    }

    @Test func `when the client stops, whoever waits is let go`() async throws {
        try await HostileServer.with { server in
            var configuration = server.configuration
            configuration.commandTimeout = .seconds(50)
            let waiting = try await withConnectedClient(configuration) { client in
                var heard = server.received.makeAsyncIterator()
                let task = Task { await client.failure("ASK", ["x"]) }
                _ = await heard.next()
                return (task: task, client: client)
            }
            #expect(await waiting.task.value == .connectionLost(reason: DisconnectReason.shutDown.reason))
            #expect(await waiting.client.failure("ASK", ["x"]) == .shutDown)
            #expect(!waiting.client.isConnected)
            var last: RedisConnectionState?
            for await state in waiting.client.states() { last = state }
            #expect(last == .disconnected(reason: DisconnectReason.shutDown.reason))
        }
    }

    @Test func `a cancelled caller is let go at once, and its late reply reaches nobody`() async throws {
        let script: HostileServer.Script = { words in words[1] == "go" ? .bytes("+late\r\n+go\r\n") : .nothing
        }
        try await HostileServer.with(script: script) { server in
            var configuration = server.configuration
            configuration.commandTimeout = .seconds(50)
            try await withConnectedClient(configuration) { client in
                var heard = server.received.makeAsyncIterator()
                let task = Task { await client.failure("ASK", ["late"]) }
                _ = await heard.next()
                task.cancel()
                #expect(await task.value == .cancelled(sent: true))
                #expect(await client.outcome("ASK", ["go"]) == .success(.simple("go")))
            }
        }
    }

    @Test func `a call of a cancelled task sends nothing`() async throws {
        try await HostileServer.with(script: { .bytes("+\($0[1])\r\n") }) { server in
            try await withConnectedClient(server.configuration) { client in
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return await client.failure("ASK", ["never"])
                }
                #expect(await task.value == .cancelled(sent: false))
                _ = try await client.send("ASK", ["after"])
                var heard = server.received.makeAsyncIterator()
                #expect(await heard.next() == ["ASK", "after"])
            }
        }
    }
}
