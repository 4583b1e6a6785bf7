import ClusterTesting
import Foundation
import ServerTesting
import Testing

extension FailoverTests {
    /// A Redis that answers, and refuses changes.
    @Suite struct RedisTroubleTests {
        private func write(_ server: RedisServerFixture, to file: String) throws {
            let url = "unix://\(server.socketPath)\n"
            try Data(url.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        }

        private func replicate(_ primary: RedisServerFixture, to replica: RedisServerFixture) async throws {
            let port = try #require(primary.port)
            replica.command("REPLICAOF", "127.0.0.1", "\(port)")
            try await eventually(within: .seconds(20), "the replica has a copy") {
                replica.command("INFO", "replication").contains("master_link_status:up")
            }
        }

        @Test func `a node follows its carts to the server that its file names after a fail-over`()
            async throws
        {
            var server = RedisServerFixture.Options()
            server.append = .everysec
            server.listensOnTCP = true
            var options = Cluster.Options()
            options.nodes = 1
            options.starts = false
            try await RedisServerFixture.with(server) { second in
                try await Cluster.with(options, on: server) { cluster in
                    let (first, node) = (cluster.redis, cluster.nodes[0])
                    let file = cluster.home + "/url"
                    try write(first, to: file)
                    try await replicate(first, to: second)
                    try node.start(environment: ["REDIS_URL": "", "REDIS_URL_FILE": file])
                    try await cluster.ready(node)
                    try await RawHTTPClient.with(cluster) { rawClient in
                        #expect(await rawClient.create("a", at: 0).status == 201)
                        #expect(await rawClient.add("s0", to: "a", at: 0).status == 201)
                        second.command("REPLICAOF", "NO", "ONE")
                        // The node's connections to the former primary stay open.
                        first.command("REPLICAOF", "127.0.0.1", "\(try #require(second.port))")
                        try write(second, to: file)
                        try await eventually(
                            within: cluster.lease.recovery,
                            "carts can be changed\n\(node.logTail)"
                        ) {
                            let status = await rawClient.create("b", at: 0).status
                            guard status == 200 || status == 201 else { return false }
                            return await cluster.ask("readyz", at: node)?.status == 200
                        }
                        let found = await rawClient.add("s1", to: "a", at: 0)
                        #expect(found.quantities == ["s0": 1, "s1": 1], "\(found)")
                        #expect(second.command("HEXISTS", "cart:{b}", "o") == ":1\r\n")
                    }
                    #expect(node.log.contains("READONLY"), "\(node.log)")
                }
            }
        }

        @Test func `a primary that becomes a replica for a while is waited for, and said to be one`()
            async throws
        {
            var options = Cluster.Options()
            options.nodes = 1
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                try await RawHTTPClient.with(cluster) { rawClient in
                    #expect(await rawClient.create("a", at: 0).status == 201)
                    cluster.redis.command("REPLICAOF", "127.0.0.1", "1")
                    try await eventually(within: .seconds(10), "the node says why it is not ready") {
                        await cluster.ask("readyz", at: node)?.text.contains("is a replica") == true
                    }
                    let refused = await rawClient.add("s0", to: "a", at: 0)
                    #expect(refused.status == 503, "\(refused)")
                    cluster.redis.command("REPLICAOF", "NO", "ONE")
                    let lease = cluster.lease
                    try await eventually(within: lease.recovery, "carts can be changed\n\(node.logTail)") {
                        let ready = await cluster.ask("readyz", at: node)?.status == 200
                        return await rawClient.add("s1", to: "a", key: "k", at: 0).status == 201 && ready
                    }
                    #expect(await rawClient.look("a", at: 0).quantities == ["s1": 1])
                }
            }
        }

        @Test func `a Redis that cannot save is warned of, named while it refuses, and used again after`()
            async throws
        {
            var options = Cluster.Options()
            options.nodes = 1
            options.starts = false
            options.lease = .standard
            try await Cluster.with(options) { cluster in
                let (redis, node) = (cluster.redis, cluster.nodes[0])
                redis.command("CONFIG", "SET", "save", "\"3600 1\"")
                try node.start()
                try await cluster.ready(node)
                #expect(node.log.contains("would refuse every change (MISCONF)"), "\(node.log)")
                #expect(await cluster.ask("status", at: node)?.text.contains("would refuse") == true)
                let obstacle = redis.directory + "/dump.rdb/x"
                try await RawHTTPClient.with(cluster) { rawClient in
                    #expect(await rawClient.create("a", at: 0).status == 201)
                    #expect(await rawClient.add("s0", to: "a", at: 0).status == 201)
                    // A file cannot take the place of a folder.
                    try FileManager.default.createDirectory(
                        atPath: obstacle,
                        withIntermediateDirectories: true
                    )
                    redis.command("BGSAVE")
                    try await eventually(within: .seconds(10), "the save fails") {
                        redis.command("INFO", "persistence").contains("rdb_last_bgsave_status:err")
                    }
                    // The lease still runs.
                    #expect(await rawClient.look("a", at: 0).quantities == ["s0": 1])
                    let refused = await rawClient.add("s1", to: "a", at: 0)
                    #expect(refused.status == 503 && refused.text.contains("not-applied"), "\(refused)")
                    #expect(refused.text.contains("MISCONF"), "\(refused)")
                    try await eventually(within: .seconds(10), "the node says why it is not ready") {
                        await cluster.ask("readyz", at: node)?.text.contains("MISCONF") == true
                    }
                    #expect(await cluster.ask("status", at: node)?.text.contains("MISCONF") == true)
                    try FileManager.default.removeItem(atPath: redis.directory + "/dump.rdb")
                    redis.command("BGSAVE")
                    try await cluster.ready(node, within: cluster.lease.recovery)
                    #expect(await rawClient.add("s2", to: "a", at: 0).quantities == ["s0": 1, "s2": 1])
                }
            }
        }

        @Test func `clients are not told where Redis is`() async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.redis = { redis, _ in "redis://127.0.0.1:\(redis.port ?? 0)" }
            var server = RedisServerFixture.Options()
            server.listensOnTCP = true
            try await Cluster.with(options, on: server) { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    #expect(await rawClient.create("a", at: 0).status == 201)
                    let port = try #require(cluster.redis.port)
                    await cluster.redis.stop()
                    for answer in [
                        await rawClient.add("s0", to: "a", at: 0), await rawClient.create("b", at: 0),
                        await rawClient.history("a", at: 0),
                    ] {
                        #expect(answer.status == 503, "\(answer)")
                        #expect(!answer.text.contains("\(port)"), "\(answer)")
                        #expect(!answer.text.contains("127.0.0.1"), "\(answer)")
                    }
                    let operators = await cluster.ask("status", at: cluster.nodes[0])?.text ?? ""
                    #expect(operators.contains("\(port)"), "\(operators)")
                }
            }
        }
    }
}
