import Foundation
import ServerTesting
import Synchronization
import Testing

@testable import RedisClient

/// Servers that cannot store anything, at the moment or at all.
@Suite(.timeLimit(.minutes(1))) struct RoleTests {
    @Test func `a server that becomes a replica is left, and used again once it is a primary`() async throws {
        try await RedisServerFixture.with { server in
            try await withConnectedClient(server.configuration) { administrator in
                try await withConnectedClient(server.configuration) { client in
                    _ = try await administrator.send("REPLICAOF", ["127.0.0.1", "1"])
                    guard case .server(let error) = await client.failure("SET", ["a", "b"]) else {
                        Issue.record("a replica was written to")
                        return
                    }
                    #expect(error.code == "READONLY")
                    await client.isRefused(because: "the server is a replica")
                    guard case .notConnected = await client.failure("GET", ["a"]) else {
                        Issue.record("a replica was read from")
                        return
                    }
                    _ = try await administrator.send("REPLICAOF", ["NO", "ONE"])
                    await client.becomes { $0 == .connected }
                    #expect(await client.outcome("SET", ["a", "b"]) == .success(.simple("OK")))
                }
            }
        }
    }

    @Test(arguments: ["READONLY", "MASTERDOWN", "LOADING", "UNBLOCKED", "NOAUTH"])
    func `an error of a server that is not the one to ask ends the connection`(code: String) async throws {
        let script: HostileServer.Script = { words in
            words[1] == "one" ? .bytes("-\(code) m\r\n") : .bytes("+\(words[1])\r\n")
        }
        try await HostileServer.with(script: script) { server in
            try await withConnectedClient(server.configuration) { client in
                let error = RedisError.server(RedisServerError(code: code, message: "m"))
                #expect(await client.failure("ASK", ["one"]) == error)
                // What the caller sends next does not go to the same connection.
                guard case .notConnected? = await client.failure("ASK", ["two"]) else {
                    Issue.record("it went there")
                    return
                }
                await client.becomes { $0 == .connected }
                #expect(await client.outcome("ASK", ["two"]) == .success(.simple("two")))
            }
        }
    }

    @Test(arguments: ["MISCONF", "NOREPLICAS", "OOM", "BUSY", "ERR"])
    func `any other error leaves the connection open`(code: String) async throws {
        let script: HostileServer.Script = { words in
            words[1] == "one" ? .bytes("-\(code) m\r\n") : .bytes("+\(words[1])\r\n")
        }
        try await HostileServer.with(script: script) { server in
            try await withConnectedClient(server.configuration) { client in
                _ = await client.failure("ASK", ["one"])
                #expect(await client.outcome("ASK", ["two"]) == .success(.simple("two")))
            }
        }
    }

    @Test func `a server that refuses changes for a while is connected to`() async throws {
        try await RedisServerFixture.with(.init(settings: ["--min-replicas-to-write", "1"])) { server in
            try await withConnectedClient(server.configuration) { client in
                #expect(await client.outcome("GET", ["a"]) == .success(.null))
                guard case .server(let error) = await client.failure("SET", ["a", "b"]) else { return }
                #expect(error.code == "NOREPLICAS")
            }
        }
    }

    @Test func `a node of a Redis Cluster is told from a Redis at the first attempt`() async throws {
        let port = try FreePort.find()
        let settings = ["--cluster-enabled", "yes", "--port", "\(port)", "--cluster-port", "0"]
        try await RedisServerFixture.with(.init(settings: settings)) { _ in
            _ = await #expect(throws: UnsupportedRedisServer.cluster) {
                try await withClient(RedisConfiguration(url: "redis://127.0.0.1:\(port)/3")) { client in
                    await client.becomes { $0 == .disconnected(reason: DisconnectReason.shutDown.reason) }
                }
            }
        }
    }

    @Test(arguments: ["", ":x@", "u:x@"])
    func `a Sentinel is told from a Redis at the first attempt`(identity: String) async throws {
        let port = try FreePort.find()
        try await RedisServerFixture.with { server in
            let file = server.directory + "/sentinel.conf"
            let settings = "port \(port)\nbind 127.0.0.1\ndir \(server.directory)\n"
            try Data(settings.utf8).write(to: URL(fileURLWithPath: file))
            let sentinel = try spawn(["redis-server", file, "--sentinel"])
            defer {
                kill(sentinel, SIGKILL)
                var status: Int32 = 0
                waitpid(sentinel, &status, 0)
            }
            await #expect(throws: UnsupportedRedisServer.sentinel) {
                try await withClient(RedisConfiguration(url: "redis://\(identity)127.0.0.1:\(port)/1")) {
                    client in
                    await client.becomes { $0 == .disconnected(reason: DisconnectReason.shutDown.reason) }
                }
            }
        }
    }

    @Test func `a server that becomes something else later is waited for`() async throws {
        let hello = "*4\r\n$4\r\nmode\r\n$8\r\nsentinel\r\n$4\r\nrole\r\n$6\r\nmaster\r\n"
        let greetings = Atomic(0)
        let answer: @Sendable () -> String = {
            greetings.add(1, ordering: .relaxed).oldValue == 0 ? "-ERR unknown\r\n" : hello
        }
        try await HostileServer.with(hello: answer, script: { _ in .bytesThenClose("+OK\r\n") }) { server in
            try await withConnectedClient(server.configuration) { client in
                _ = await client.outcome("QUIT")
                await client.isRefused(because: "Redis Sentinel")
            }
        }
    }
}
