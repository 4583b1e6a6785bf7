import NIOCore
import ServerTesting
import Testing

@testable import RedisClient

/// Clients of real clusters.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RealClusterTests {
    private static func configuration(_ cluster: RedisClusterFixture) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: cluster.url)
        // A busy machine: what is to be answered shall be.
        configuration.commandTimeout = .seconds(5)
        return configuration
    }

    private static func withCluster(
        _ options: RedisClusterFixture.Options = RedisClusterFixture.Options(),
        _ body: (RedisClusterFixture, RedisClusterClient) async throws -> Void
    ) async throws {
        try await RedisClusterFixture.with(options) { cluster in
            try await withClusterClient(configuration(cluster)) { client in
                try await client.isReady()
                try await body(cluster, client)
            }
        }
    }

    /// A key in a slot.
    private static func key(_ slot: UInt16, _ name: String = "") -> String {
        "{\(HashSlot.tag(for: slot))}\(name)"
    }

    @Test func `each call goes to the server of its slot`() async throws {
        try await Self.withCluster { cluster, client in
            #expect(Set(client.topology.primaries.map(\.id)) == Set(cluster.primaries.map(\.id)))
            for _ in 0..<200 {
                let key = "cart:{\(UInt64.random(in: 0..<UInt64.max))}:x"
                let slot = try cluster.slot(of: key)
                #expect(slot == Int(HashSlot.of(key: key.utf8)))
                #expect(await client.set(key, to: key) == .ok)
                #expect(await client.get(key) == .bulk(key))
            }
            let counts = cluster.primaries.map { $0.server.command("DBSIZE") }
            #expect(!counts.contains(":0\r\n"), "\(counts)")
            // None of them was redirected.
            for member in cluster.members {
                #expect(!member.server.command("INFO", "errorstats").contains("errorstat_MOVED"))
            }
        }
    }

    @Test func `calls follow slots that move, and the map follows too`() async throws {
        try await Self.withCluster { cluster, client in
            let (source, target) = (cluster.primaries[0], cluster.primaries[2])
            #expect(await client.set(Self.key(5), to: "a") == .ok)
            try await cluster.move(3...6, from: source, to: target)
            #expect(await client.get(Self.key(5)) == .bulk("a"))
            #expect(client.topology.map.primary(of: 5)?.id == target.id)
            // One redirection is reason enough to ask for the rest.
            try await client.wait(until: "the whole move is known") {
                client.topology.map.primary(of: 3)?.id == target.id
            }
            #expect(client.topology.map.primary(of: 7)?.id == source.id)
        }
    }

    @Test
    func `while a slot moves, its keys are found where they are, by scripts that a server does not have`()
        async throws
    {
        try await Self.withCluster { cluster, client in
            let (source, target) = (cluster.primaries[0], cluster.primaries[1])
            let (moved, stays) = (Self.key(0, "moved"), Self.key(0, "stays"))
            for key in [moved, stays] { #expect(await client.set(key, to: "1") == .ok) }
            try cluster.open(0, from: source, to: target)
            try cluster.move(key: moved, from: source, to: target)
            for member in [source, target] { member.server.command("SCRIPT", "FLUSH") }
            for key in [moved, stays] {
                #expect(await client.get(key) == .bulk("1"))
                #expect(await client.set(key, to: "2") == .ok)
                #expect(await client.get(key) == .bulk("2"))
            }
            // A new key is made at the target.
            #expect(await client.set(Self.key(0, "new"), to: "3") == .ok)
            #expect(Set(cluster.keys(in: 0, at: target)) == [moved, Self.key(0, "new")])
            #expect(client.topology.map.primary(of: 0)?.id == source.id)
            try cluster.move(key: stays, from: source, to: target)
            try cluster.close(0, to: target)
            for key in [moved, stays] { #expect(await client.get(key) == .bulk("2")) }
            #expect(client.topology.map.primary(of: 0)?.id == target.id)
        }
    }

    @Test func `a primary that stands still is replaced, and left for good`() async throws {
        try await Self.withCluster { cluster, client in
            let first = cluster.primaries[0]
            #expect(await client.set(Self.key(0), to: "1") == .ok)
            first.server.pause()
            let successor = try await cluster.replaced(first, of: 0)
            try await client.wait(until: "the successor is used") {
                await client.get(Self.key(0)) == .bulk("1")
            }
            #expect(client.topology.map.primary(of: 0)?.id == successor.id)
            #expect(client.client(of: first.id) == nil)
            first.server.resume()
            for value in 0..<50 { #expect(await client.set(Self.key(0), to: "\(value)") == .ok) }
            #expect(await client.get(Self.key(0)) == .bulk("49"))
        }
    }

    @Test func `other slots are served while a primary is silent`() async throws {
        try await Self.withCluster { cluster, client in
            cluster.primaries[0].server.pause()
            for value in 0..<100 {
                #expect(await client.set(Self.key(16_000), to: "\(value)") == .ok)
            }
            cluster.primaries[0].server.resume()
        }
    }

    @Test func `a primary hands over, and no call is lost`() async throws {
        try await Self.withCluster { cluster, client in
            let first = cluster.primaries[0]
            let replica = try #require(cluster.replicas(of: first).first)
            async let failover: Void = cluster.failOver(to: replica)
            var value = 0
            while client.topology.map.primary(of: 0)?.id != replica.id {
                value += 1
                let outcome = await client.set(Self.key(0), to: "\(value)")
                if case .failure(let error) = outcome {
                    // The connection to the new primary may not be there yet.
                    #expect(!error.mayHaveBeenExecuted, "\(error)")
                }
                guard value < 1_000_000 else { break }
            }
            try await failover
            try await client.wait(until: "connected") { await client.set(Self.key(0), to: "last") == .ok }
            try await client.wait(until: "left") { client.client(of: first.id) == nil }
            #expect(await client.get(Self.key(0)) == .bulk("last"))
        }
    }

    @Test(arguments: ["unknown-endpoint", "hostname"])
    func `servers that tell no host are found where they were asked`(endpoint: String) async throws {
        var options = RedisClusterFixture.Options()
        options.settings = ["--cluster-preferred-endpoint-type", endpoint]
        try await Self.withCluster(options) { cluster, client in
            let (source, target) = (cluster.primaries[0], cluster.primaries[1])
            #expect(await client.set(Self.key(0), to: "1") == .ok)
            try await cluster.move(0...0, from: source, to: target)
            #expect(await client.get(Self.key(0)) == .bulk("1"))
            let first = source.server.command("GET", Self.key(0))
            #expect(first.hasPrefix(endpoint == "hostname" ? "-MOVED 0 ?:" : "-MOVED 0 :"))
        }
    }

    @Test func `a server whose bytes get lost is left after the time of a command`() async throws {
        try await RedisClusterFixture.with { cluster in
            let first = cluster.primaries[0]
            try await FaultProxy.with(upstream: .tcp(port: first.port)) { proxy in
                first.server.command("CONFIG", "SET", "cluster-announce-port", "\(proxy.port)")
                try await cluster.wait("the proxy is announced") {
                    cluster.members.allSatisfy { cluster.nodesText(of: $0).contains(":\(proxy.port)@") }
                }
                var configuration = try RedisConfiguration(
                    url: "redis+cluster://\(cluster.primaries[1].address)"
                )
                configuration.commandTimeout = .seconds(1)
                try await withClusterClient(configuration) { client in
                    try await client.isReady()
                    #expect(await client.set(Self.key(0), to: "1") == .ok)
                    proxy.set(.lost, .toServer, .toClient)
                    #expect(await client.get(Self.key(0)) == .failure(.timedOut(sent: true)))
                    // The others are served meanwhile, and the first one is found again.
                    #expect(await client.set(Self.key(16_000), to: "2") == .ok)
                    proxy.heal()
                    try await client.wait(until: "found again") {
                        await client.get(Self.key(0)) == .bulk("1")
                    }
                }
            }
        }
    }

    @Test func `in an outage each process asks a few times a second`() async throws {
        try await RedisClusterFixture.with { cluster in
            let configuration = try Self.configuration(cluster)
            func questions() -> Int {
                cluster.members.map { member in
                    let line = member.server.command("INFO", "commandstats")
                        .split(whereSeparator: \.isNewline).first {
                            $0.hasPrefix("cmdstat_cluster|slots:calls=")
                        }
                    return line.flatMap { Int($0.drop { $0 != "=" }.dropFirst().prefix { $0.isNumber }) } ?? 0
                }
                .reduce(0, +)
            }
            let processes = 10
            try await withThrowingTaskGroup(of: Void.self) { group in
                let began = ContinuousClock.now
                let before = questions()
                for _ in 0..<processes {
                    group.addTask {
                        try await withClusterClient(configuration) { client in
                            try await client.isReady()
                            while !Task.isCancelled {
                                client.topology.refresh()
                                _ = await client.set(Self.key(0), to: "1")
                                do {
                                    try await Task.sleep(for: .milliseconds(5))
                                } catch {
                                    return
                                }
                            }
                        }
                    }
                }
                // Nobody votes for two of a shard so soon after each other.
                for primary in cluster.primaries {
                    try await cluster.failOver(to: #require(cluster.replicas(of: primary).first))
                }
                let seconds = (ContinuousClock.now - began) / .seconds(1)
                let asked = Double(questions() - before) / Double(processes)
                group.cancelAll()
                #expect(asked <= 5 * seconds + 3, "\(asked) questions of each in \(seconds) s")
            }
        }
    }
}
