import ServerTesting
import Synchronization
import Testing

@testable import RedisClient

@Suite(.timeLimit(.minutes(2))) struct ScriptTests {
    private let add = RedisScript(
        name: "add",
        source: "#!lua flags=allow-oom\nreturn redis.call('INCRBY', KEYS[1], ARGV[1])"
    )

    @Test func `a script is learnt when it is first called, with its flags, and once`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                #expect(try await client.call(add, keys: ["n"], arguments: [5]) == .integer(5))
                #expect(
                    try await client.send("SCRIPT", ["EXISTS", .string(add.sha)]) == .array([.integer(1)])
                )
                #expect(try await client.call(add, keys: ["n"], arguments: [2]) == .integer(7))
                let loads = try await client.send("INFO", ["commandstats"]).string
                #expect(loads.contains("cmdstat_script|load:calls=1,"))
                _ = try await client.send("CONFIG", ["SET", "maxmemory", "1"])
                #expect(try await client.call(add, keys: ["n"], arguments: [1]) == .integer(8))
            }
        }
    }

    @Test func `a script forgotten between any two calls is run exactly once a call`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                for number in 1...50 {
                    _ = try await client.send("SCRIPT", ["FLUSH"])
                    #expect(
                        try await client.call(add, keys: ["n"], arguments: [1]) == .integer(Int64(number))
                    )
                }
            }
        }
    }

    @Test func `callers are served while somebody flushes all scripts without end`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { admin in
                try await withConnectedClient(server.configuration) { client in
                    let flushing = Task {
                        while !Task.isCancelled {
                            guard await admin.failure("SCRIPT", ["FLUSH"]) == nil else { return }
                        }
                    }
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<8 {
                            group.addTask {
                                for _ in 0..<50 {
                                    _ = try await client.call(add, keys: ["n"], arguments: [1])
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    flushing.cancel()
                    await flushing.value
                    #expect(try await client.send("GET", ["n"]).integer == 400)
                }
            }
        }
    }

    @Test func `a script that Redis cannot learn is told why`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                let broken = RedisScript(name: "broken", source: "return (")
                do throws(RedisError) {
                    _ = try await client.call(broken)
                    Issue.record("it ran")
                } catch {
                    guard case .scriptNotLoaded(.server(let answer)) = error else {
                        Issue.record("\(error)")
                        return
                    }
                    #expect(answer.message.contains("Error compiling script"))
                    #expect(!error.mayHaveBeenExecuted)
                }
            }
        }
    }

    @Test func `a script whose loading goes unanswered certainly did not run`() async throws {
        let loads = Atomic<Int>(0)
        let script: HostileServer.Script = { words in
            guard words[0] == "SCRIPT" else { return .bytes("-NOSCRIPT No matching script.\r\n") }
            // The first ones leave together with the script's calls.
            let isLast = loads.add(1, ordering: .relaxed).newValue == 5
            return isLast ? .bytesThenClose("") : .bytes("-ERR upstream failure\r\n")
        }
        try await HostileServer.with(script: script) { server in
            try await withConnectedClient(server.configuration) { client in
                do throws(RedisError) {
                    _ = try await client.call(add, keys: ["n"], arguments: [1])
                    Issue.record("it ran")
                } catch {
                    guard case .scriptNotLoaded(.connectionLost) = error else {
                        Issue.record("\(error)")
                        return
                    }
                    #expect(!error.mayHaveBeenExecuted)
                }
            }
        }
    }

    @Test func `an error that a script returns reaches its caller with its code`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { client in
                let refusing = RedisScript(
                    name: "no",
                    source: "return redis.error_reply('FENCED you are late')"
                )
                await #expect(throws: RedisError.server(.init(code: "FENCED", message: "you are late"))) {
                    try await client.call(refusing)
                }
            }
        }
    }
}
