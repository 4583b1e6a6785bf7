import NIOCore
import NIOPosix
import SeededRandom
import ServerTesting
import Testing

@testable import RedisClient

@Suite(.timeLimit(.minutes(2))) struct RealServerTests {
    @Test func `thousands of calls made at once each get their own reply`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                try await withThrowingTaskGroup(of: (Int, RedisValue).self) { group in
                    for number in 0..<5000 {
                        group.addTask { (number, try await client.send("ECHO", [.integer(Int64(number))])) }
                    }
                    for try await (number, reply) in group {
                        #expect(reply == .bulk(Array("\(number)".utf8)))
                    }
                }
            }
        }
    }

    @Test func `a pipeline has a reply for each command, errors among them`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                let none = try await client.send(RedisPipeline())
                #expect(none.isEmpty)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for caller in 0..<20 {
                        group.addTask {
                            var pipeline = RedisPipeline()
                            for number in 0..<300 {
                                pipeline.append("ECHO", [.string("\(caller).\(number)")])
                                pipeline.append("NEVERHEARD")
                            }
                            let replies = try await client.send(pipeline)
                            #expect(replies.count == pipeline.count)
                            for number in 0..<300 {
                                #expect(replies[2 * number] == .bulk(Array("\(caller).\(number)".utf8)))
                                guard case .error(let error) = replies[2 * number + 1] else {
                                    Issue.record("an unknown command was answered")
                                    continue
                                }
                                #expect(error.code == "ERR")
                            }
                        }
                        group.addTask {
                            let reply = try await client.send("ECHO", [.integer(Int64(caller))])
                            #expect(reply == .bulk(Array("\(caller)".utf8)))
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `commands of one caller are executed in its order`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                for number in 1...200 {
                    let integer = try await client.send("INCR", ["n"]).integer
                    #expect(integer == Int64(number))
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `cancelling callers at random shifts no reply`(seed: UInt64) async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                var random = SplitMix64(seed: seed)
                var kept = 0
                for round in 0..<10 {
                    let tasks = (0..<300).map { number in
                        let word = "\(round).\(number)"
                        return (word: word, task: Task { await client.outcome("ECHO", [.string(word)]) })
                    }
                    for (_, task) in tasks where Int.random(in: 0..<3, using: &random) == 0 {
                        if Bool.random(using: &random) { await Task.yield() }
                        task.cancel()
                    }
                    for (word, task) in tasks {
                        switch await task.value {
                        case .success(let reply):
                            #expect(reply == .bulk(Array(word.utf8)), "seed \(seed)")
                            kept += 1
                        case .failure(.cancelled): break
                        case .failure(let error): Issue.record("seed \(seed): \(error)")
                        }
                    }
                }
                #expect(kept >= 1000)
            }
        }
    }

    @Test func `bytes of every kind and of megabytes come back as they went`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                var random = SplitMix64(seed: 7)
                for size in [0, 1, 255, 65_536, 3_000_000] {
                    let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
                    #expect(await client.outcome("SET", ["k", .bytes(bytes)]) == .success(.simple("OK")))
                    let echoed = try await client.send("GET", ["k"]).bytes
                    #expect(echoed == bytes)
                }
                let isNull = try await client.send("GET", ["none"]).isNull
                #expect(isNull, "a key that nobody wrote")
            }
        }
    }

    @Test func `an error reply is the caller's own and harms no other`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                _ = try await client.send("SET", ["k", "text"])
                async let wrong = client.failure("LPUSH", ["k", "x"])
                async let right = client.outcome("GET", ["k"])
                guard case .server(let error) = await wrong else {
                    Issue.record("no error")
                    return
                }
                #expect(error.code == "WRONGTYPE" && error.message.hasPrefix("Operation"))
                #expect(!RedisError.server(error).mayHaveBeenExecuted)
                #expect(await right == .success(.bulk(Array("text".utf8))))
                _ = try await client.send("MULTI")
                _ = try await client.send("LPUSH", ["k", "x"])
                #expect(await client.outcome("EXEC") == .success(.array([.error(error)])))
            }
        }
    }

    @Test func `the database and the name of the URL are those of the connection`() async throws {
        try await RedisServerFixture.with { server in
            var configuration = try RedisConfiguration(url: "unix://\(server.socketPath)?db=3&name=node-7")
            configuration.commandTimeout = .seconds(5)
            try await withConnectedClient(configuration) { client in
                let shown = try await client.send("CLIENT", ["INFO"]).string
                #expect(shown.contains(" db=3 ") && shown.contains(" name=node-7 "))
            }
            configuration.database = 99
            try await withClient(configuration) {
                await $0.isRefused(because: "DB index is out of range")
            }
        }
    }

    @Test func `a killed server is found again after its restart, and meanwhile calls fail at once`()
        async throws
    {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                for round in 0..<3 {
                    await server.kill()
                    await client.becomes { $0 != .connected }
                    guard case .notConnected = await client.failure("PING") else {
                        Issue.record("a command was sent to nobody")
                        return
                    }
                    try await server.start()
                    await client.becomes { $0 == .connected }
                    let word = RedisValue.bulk(Array("\(round)".utf8))
                    #expect(await client.outcome("ECHO", [.integer(Int64(round))]) == .success(word))
                }
            }
        }
    }

    @Test func `a server that stands still is given up, and found again when it goes on`() async throws {
        try await RedisServerFixture.with { server in
            var configuration = server.configuration
            configuration.commandTimeout = .seconds(1)
            try await withConnectedClient(configuration) { client in
                server.pause()
                #expect(await client.failure("INCR", ["n"]) == .timedOut(sent: true))
                #expect(!client.isConnected)
                server.resume()
                await client.becomes { $0 == .connected }
                let count = try await client.send("GET", ["n"])
                // A time-out leaves open which of them happened: both are right.
                #expect(count.isNull || count == .bulk(Array("1".utf8)))
            }
        }
    }

    @Test func `a connection that the server kills is replaced`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { admin in
                try await withConnectedClient(server.configuration) { client in
                    let before = try await client.send("CLIENT", ["ID"]).integer
                    _ = try await admin.send("CLIENT", ["KILL", "ID", .integer(before)])
                    var after = before
                    while after == before {
                        await client.becomes { $0 == .connected }
                        if case .success(let id) = await client.outcome("CLIENT", ["ID"]) {
                            after = try id.integer
                        }
                    }
                    #expect(after > before)
                }
            }
        }
    }

    @Test func `a caller on the connection's own event loop waits without blocking it`() async throws {
        try await RedisServerFixture.with { server in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            try await withConnectedClient(server.configuration, on: loop) { client in
                let caller = LoopCaller(loop: loop, client: client)
                for number in 0..<50 {
                    let echoed = try await caller.echo(number)
                    #expect(echoed == Int64(number))
                }
            }
        }
    }

    private actor LoopCaller {
        private let loop: any EventLoop
        private let client: RedisClient

        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

        init(loop: any EventLoop, client: RedisClient) {
            self.loop = loop
            self.client = client
        }

        func echo(_ number: Int) async throws(RedisError) -> Int64 {
            loop.preconditionInEventLoop()
            let reply = try await client.send("ECHO", [.integer(Int64(number))])
            loop.preconditionInEventLoop()
            return try reply.integer
        }
    }
}
