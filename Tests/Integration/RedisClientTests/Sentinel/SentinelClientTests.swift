import Foundation
import NIOPosix
import ServerTesting
import Testing

@testable import RedisClient

/// Clients that find their server by real sentinels.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SentinelClientTests {
    /// Waits until a client is connected to a server of this port.
    private static func isConnected(_ client: RedisClient, to server: RedisServerFixture) async throws {
        let port = try #require(server.port)
        let patience = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < patience {
            await client.becomes { $0 == .connected }
            if case .success(let info) = await client.outcome("INFO", ["server"]),
                try info.string.contains("tcp_port:\(port)\r\n")
            {
                return
            }
        }
        Issue.record("not connected to port \(port): \(client.disconnectReason ?? "connected elsewhere")")
    }

    @Test func `a client follows the primary, whatever the former one does`() async throws {
        try await RedisFailoverGroup.with { group in
            try await withConnectedClient(RedisConfiguration(url: group.url)) { client in
                try await Self.isConnected(client, to: group.primary)
                #expect(await client.outcome("SET", ["a", "1"]) == .success(.simple("OK")))

                // The former primary is told, and goes on as a replica.
                group.failOver()
                try await group.switched()
                try await Self.isConnected(client, to: group.primary)
                #expect(await client.outcome("GET", ["a"]) == .success(.bulk([UInt8(ascii: "1")])))
                #expect(await client.outcome("SET", ["a", "2"]) == .success(.simple("OK")))

                // It stands still, and answers on as a primary when it comes back.
                let former = group.primary
                former.pause()
                try await group.switched()
                former.resume()
                try await Self.isConnected(client, to: group.primary)
                #expect(former.command("ROLE").contains("master"), "the sentinels were faster than the test")
                let switches = client.watch?.discovery.switches
                #expect(switches == 2, "\(String(describing: switches))")
                #expect(await client.outcome("SET", ["a", "3"]) == .success(.simple("OK")))
            }
        }
    }

    @Test func `a client at its start believes no sentinel that others contradict, and finds new sentinels`()
        async throws
    {
        try await RedisFailoverGroup.with { group in
            let stale = try #require(group.sentinels.last)
            stale.pause()
            await group.primary.kill()
            try await group.switched()
            stale.resume()
            let file = group.servers[0].directory + "/url"
            try Data(group.url.utf8).write(to: URL(fileURLWithPath: file))
            try await withConnectedClient(RedisConfiguration(serverFile: file)) { client in
                try await Self.isConnected(client, to: group.primary)
                try await RedisFailoverGroup.with { other in
                    try Data(other.url.utf8).write(to: URL(fileURLWithPath: file))
                    for server in group.servers + group.sentinels { await server.kill() }
                    try await Self.isConnected(client, to: other.primary)
                }
            }
        }
    }

    @Test func `without a majority there is no server`() async throws {
        let ports = [try FreePort.find(), try FreePort.find()]
        try await withClient(RedisConfiguration(url: RedisFailoverGroup.url(ports: ports))) { client in
            await client.isRefused(because: "no sentinel answers")
        }
        // A server that is no sentinel has no voice either.
        var options = RedisServerFixture.Options()
        options.listensOnTCP = true
        try await RedisServerFixture.with(options) { server in
            let url = RedisFailoverGroup.url(ports: [try #require(server.port)])
            try await withClient(RedisConfiguration(url: url)) { client in
                await client.isRefused(because: "the server is no Redis Sentinel")
            }
        }
    }

    @Test func `sentinels are asked a few times a second, however many have a reason to ask`() async throws {
        var options = RedisServerFixture.Options()
        options.listensOnTCP = true
        try await RedisServerFixture.with(options) { server in
            options.sentinel = ["sentinel monitor carts 127.0.0.1 \(try #require(server.port)) 1"]
            try await RedisServerFixture.with(options) { sentinel in
                let url = RedisFailoverGroup.url(ports: [try #require(sentinel.port)])
                try await withConnectedClient(RedisConfiguration(url: url)) { client in
                    let watch = try #require(client.watch)
                    let before = try Self.commands(at: sentinel)
                    let began = ContinuousClock.now
                    for _ in 0..<200 {
                        watch.look()
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    let rounds = (ContinuousClock.now - began) / .milliseconds(200) + 2
                    // A question has four commands; others have their `PING`.
                    #expect(try Double(Self.commands(at: sentinel) - before) <= rounds * 4 + 10)
                }
            }
        }
    }

    private static func commands(at sentinel: RedisServerFixture) throws -> Int {
        let info = sentinel.command("INFO", "stats")
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("total_commands_processed:") }
        return try #require(line.flatMap { Int($0.drop { $0 != ":" }.dropFirst()) })
    }

    /// The user at the sentinels that the handbook describes, without its password.
    private static let documentedUser =
        "user cart on &+switch-master +ping +subscribe +sentinel|myid +sentinel|get-master-addr-by-name "
        + "+sentinel|master +sentinel|sentinels"

    @Test func `sentinels have credentials of their own`() async throws {
        var options = RedisServerFixture.Options()
        options.listensOnTCP = true
        options.settings = ["--requirepass", "servers"]
        try await RedisServerFixture.with(options) { server in
            let port = try #require(server.port)
            var sentinel = RedisServerFixture.Options()
            sentinel.listensOnTCP = true
            sentinel.sentinel = [
                "sentinel monitor carts 127.0.0.1 \(port) 1", "sentinel auth-pass carts servers",
                "user default off", Self.documentedUser + " >sentinels",
            ]
            try await RedisServerFixture.with(sentinel) { sentinel in
                let place = "127.0.0.1:\(try #require(sentinel.port))"
                var configuration = try RedisConfiguration(url: "redis+sentinel://:servers@\(place)/carts")
                try await withClient(configuration) { client in
                    await client.isRefused(because: "NOAUTH")
                }
                configuration.identifyAtSentinels(user: "cart", password: Secret("sentinels"))
                try await withConnectedClient(configuration) { client in
                    try await Self.isConnected(client, to: server)
                }
            }
        }
    }
}
