import ServerTesting
import Testing

@Suite struct RedisClusterFixtureTests {
    @Test(arguments: [(3, 1), (2, 1), (3, 0), (1, 0)])
    func `the servers agree, and each primary serves its part`(
        _ primaries: Int,
        _ replicas: Int
    ) async throws {
        var options = RedisClusterFixture.Options()
        (options.primaries, options.replicasOfEach) = (primaries, replicas)
        try await RedisClusterFixture.with(options) { cluster in
            #expect(cluster.members.count == primaries * (1 + replicas))
            #expect(cluster.server(of: 0) == cluster.primaries.first)
            #expect(cluster.server(of: 16_383) == cluster.primaries.last)
            let epochs = Set(cluster.view(of: cluster.members[0]).filter(\.isPrimary).map(\.epoch))
            #expect(epochs.count == primaries)
            for primary in cluster.primaries { #expect(cluster.replicas(of: primary).count == replicas) }
            let slot = try cluster.slot(of: "cart:{a}")
            let owner = try #require(cluster.server(of: slot))
            #expect(owner.server.command("SET", "cart:{a}", "1") == "+OK\r\n")
        }
    }

    @Test func `a primary that was killed is replaced, and comes back as a replica`() async throws {
        try await RedisClusterFixture.with { cluster in
            let first = cluster.primaries[0]
            await first.server.kill()
            let successor = try await cluster.replaced(first, of: 0)
            #expect(cluster.replicas(of: first) == [successor])
            try await first.server.start()
            try await cluster.wait("it follows its successor") {
                cluster.view(of: successor).contains { $0.id == first.id && $0.primary == successor.id }
            }
        }
    }

    @Test func `a primary that stands still is replaced, and so is one by command`() async throws {
        try await RedisClusterFixture.with { cluster in
            let (first, last) = (cluster.primaries[0], cluster.primaries[2])
            first.server.pause()
            #expect(try await cluster.replaced(first, of: 0) == cluster.replicas(of: first).first)
            first.server.resume()
            try await cluster.failOver(to: cluster.replicas(of: last)[0])
            #expect(cluster.server(of: 16_383) == cluster.replicas(of: last).first)
        }
    }

    @Test func `slots move with their keys, at once or key by key`() async throws {
        try await RedisClusterFixture.with { cluster in
            let (source, target) = (cluster.primaries[0], cluster.primaries[1])
            let keys = ["{265b}1", "{265b}2"]
            for key in keys {
                #expect(try cluster.slot(of: key) == 0)
                #expect(source.server.command("SET", key, "1") == "+OK\r\n")
            }
            try cluster.open(0, from: source, to: target)
            try cluster.move(key: keys[0], from: source, to: target)
            #expect(source.server.command("GET", keys[0]).hasPrefix("-ASK 0 \(target.address)"))
            #expect(source.server.command("GET", keys[1]) == "$1\r\n1\r\n")
            try await cluster.move(0...99, from: source, to: target)
            for key in keys { #expect(target.server.command("GET", key) == "$1\r\n1\r\n") }
            #expect(cluster.server(of: 99) == target)
            #expect(cluster.server(of: 100) == source)
        }
    }

    @Test func `a primary that is cut off is replaced, stops, and then follows its successor`() async throws {
        var options = RedisClusterFixture.Options()
        options.canBeCutOff = true
        try await RedisClusterFixture.with(options) { cluster in
            let first = cluster.primaries[0]
            cluster.cutOff([first])
            let successor = try await cluster.replaced(first, of: 0)
            #expect(cluster.replicas(of: first) == [successor])
            try await cluster.wait("it stops") {
                first.server.command("SET", "{265b}", "2").hasPrefix("-CLUSTERDOWN")
            }
            #expect(cluster.view(of: first).contains { $0.id == first.id && $0.serves(0) })
            cluster.reunite()
            try await cluster.wait("it follows its successor") {
                cluster.view(of: first).contains { $0.id == first.id && $0.primary == successor.id }
            }
        }
    }
}
