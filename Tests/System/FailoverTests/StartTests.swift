import ClusterTesting
import NIOCore
import NIOPosix
import ServerTesting
import Testing

extension FailoverTests {
    @Suite struct StartTests {
        @Test(arguments: [false, true])
        func `a node that starts while Redis is away, or stands still, waits for it`(_ stands: Bool)
            async throws
        {
            var options = Cluster.Options()
            options.nodes = 1
            options.starts = false
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                if stands { cluster.redis.pause() } else { await cluster.redis.stop() }
                try node.start()
                try await eventually(within: .seconds(10), "\(node.name) lives\n\(node.logTail)") {
                    await cluster.ask("livez", at: node)?.status == 200
                }
                try await ContinuousClock().sleep(for: .seconds(2))
                let readiness = await cluster.ask("readyz", at: node)
                #expect(readiness?.status == 503)
                #expect(readiness?.text.contains("no valid session: Redis is not connected") == true)
                #expect(node.ended == nil)
                if stands { cluster.redis.resume() } else { try await cluster.redis.start() }
                try await cluster.ready(node, within: cluster.lease.length + .seconds(5))
                try await RawHTTPClient.with(cluster) { #expect(await $0.create("a", at: 0).status == 201) }
            }
        }

        @Test func `a node whose port is taken ends in order, though clients come to its other ports`()
            async throws
        {
            var options = Cluster.Options()
            options.nodes = 1
            options.starts = false
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                let group = MultiThreadedEventLoopGroup.singleton
                let taken = try await ServerBootstrap(group: group)
                    .bind(host: "127.0.0.1", port: node.retailPort).get()
                try node.start()
                var clients: [any Channel] = []
                try await eventually(within: .seconds(15), "\(node.name) ends\n\(node.logTail)") {
                    // Before the port is open, and after it was closed again.
                    do {
                        clients.append(
                            try await ClientBootstrap(group: group)
                                .connect(host: "127.0.0.1", port: node.httpPort).get()
                        )
                    } catch {}
                    return node.ended != nil
                }
                #expect(node.ended == .exited(69), "\(node.logTail)")
                #expect(!node.log.contains("Fatal error"), "\(node.logTail)")
                try await taken.close()
                for client in clients where client.isActive { try await client.close() }
            }
        }

        @Test func `a Redis that may evict is refused in one line`() async throws {
            var server = RedisServerFixture.Options()
            server.settings = ["--maxmemory-policy", "allkeys-lru"]
            try await expectRefusal(of: server, naming: "maxmemory-policy allkeys-lru")
        }

        /// Expects a node on such a server to end at once, with one line that names the reason.
        private func expectRefusal(
            of server: RedisServerFixture.Options,
            naming reason: String
        ) async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.starts = false
            options.settings = ["--log-level", "critical"]
            try await Cluster.with(options, on: server) { cluster in
                let node = cluster.nodes[0]
                try node.start()
                #expect(try await node.end(within: .seconds(10)) == .exited(69))
                let lines = node.log.split(separator: "\n")
                #expect(lines.count == 1, "\(lines)")
                #expect(lines.last?.contains(reason) == true, "\(lines)")
            }
        }

        /// Runs a test with a node that is not started yet, and that logs in as the documented user.
        private func withDocumentedUser(
            _ body: (_ cluster: Cluster, _ node: NodeProcess) async throws -> Void
        ) async throws {
            let rule = try RedisServerFixture.documentedUser().dropFirst()
            var server = RedisServerFixture.Options()
            server.settings = ["--user"] + rule.filter { $0 != "reset" }
            var options = Cluster.Options()
            options.nodes = 1
            options.starts = false
            options.redis = { redis, _ in "unix://\(redis.socketPath)?user=cart&password=PASSWORD" }
            try await Cluster.with(options, on: server) { try await body($0, $0.nodes[0]) }
        }

        @Test(arguments: [
            ("resetchannels", "PUBLISH"), ("-hmget", "HMGET"), ("-evalsha", "evalsha"),
            ("-@dangerous", "INFO"),
        ])
        func `a Redis user without a right is refused, and the right named`(
            _ rule: String,
            _ right: String
        ) async throws {
            try await withDocumentedUser { cluster, node in
                cluster.redis.command("ACL", "SETUSER", "cart", rule)
                try node.start()
                #expect(try await node.end(within: .seconds(10)) == .exited(69))
                let line = node.log.split(separator: "\n").last
                #expect(line?.contains(right) == true, "\(node.log)")
            }
        }

        @Test func `a node needs no more rights than documented, and says nothing false without one`()
            async throws
        {
            try await withDocumentedUser { cluster, node in
                try node.start()
                try await cluster.ready(node)
                try await RawHTTPClient.with(cluster) { rawClient in
                    #expect(await rawClient.create("a", at: 0).status == 201)
                    #expect(await rawClient.add("s0", to: "a", at: 0).quantities == ["s0": 1])
                    cluster.redis.command("ACL", "SETUSER", "cart", "resetchannels")
                    #expect(await rawClient.add("s1", to: "a", at: 0).quantities.count == 2)
                    cluster.redis.command("ACL", "SETUSER", "cart", "&cart:*")
                    for (number, right) in ["hmget", "hset", "evalsha"].enumerated() {
                        cluster.redis.command("ACL", "SETUSER", "cart", "-" + right)
                        let refused = await rawClient.add("t\(number)", to: "a", at: 0)
                        cluster.redis.command("ACL", "SETUSER", "cart", "+" + right)
                        #expect(refused.status == 503, "\(right): \(refused)")
                        try await cluster.ready(node, within: cluster.lease.length + .seconds(5))
                        let found = await rawClient.look("a", at: 0).quantities
                        #expect(found.count == 2, "\(right): \(found)")
                    }
                    // Most commits need neither of these.
                    for right in ["pexpire", "type"] {
                        cluster.redis.command("ACL", "SETUSER", "cart", "-" + right)
                        let refused = await rawClient.create("without-\(right)", at: 0)
                        cluster.redis.command("ACL", "SETUSER", "cart", "+" + right)
                        #expect(refused.status == 503, "\(right): \(refused)")
                        try await cluster.ready(node, within: cluster.lease.length + .seconds(5))
                        let found = await rawClient.look("without-\(right)", at: 0)
                        #expect(found.status == 404, "\(right): \(found)")
                    }
                }
            }
        }

        @Test func `a host's name that nobody knows is refused by the name of its setting`() async throws {
            for host in ["http-host", "grpc-host", "retail-host", "ops-host", "link-host"] {
                var options = Cluster.Options()
                options.nodes = 1
                options.starts = false
                options.settings = ["--\(host)", "nowhere.invalid"]
                try await Cluster.with(options) { cluster in
                    let node = cluster.nodes[0]
                    try node.start()
                    #expect(try await node.end(within: .seconds(20)) == .exited(64))
                    let line = node.log.split(separator: "\n").last
                    #expect(line?.contains("\(host): no such host") == true, "\(node.log)")
                }
            }
        }

        @Test func `nodes reach each other at names that they listen on`() async throws {
            var options = Cluster.Options()
            options.settings = ["--link-host", "localhost"]
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    #expect(await rawClient.create("a", at: 0).status == 201)
                    #expect(await rawClient.add("b", to: "a", at: 1).quantities == ["b": 1])
                }
            }
        }

        @Test func `a node without a folder that it can write to serves carts and says what it lacks`()
            async throws
        {
            var options = Cluster.Options()
            // Nobody can make a folder there, not even root.
            options.folder = { "../../../../../../../../proc/cart-node\($0)" }
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    #expect(await rawClient.create("a", at: 0).status == 201)
                    #expect(await rawClient.add("b", to: "a", at: 1).quantities == ["b": 1])
                }
                for node in cluster.nodes {
                    #expect(node.log.contains("there is no data folder"), "\(node.log)")
                }
            }
        }

        @Test func `a wrong password is named in the log and to operators, and a right one is enough`()
            async throws
        {
            try await withDocumentedUser { cluster, node in
                cluster.redis.command("ACL", "SETUSER", "cart", "resetpass", ">other")
                try node.start()
                try await eventually(within: .seconds(10), "the password is refused\n\(node.logTail)") {
                    await cluster.ask("readyz", at: node)?.text.contains("WRONGPASS") == true
                }
                #expect(await cluster.ask("readyz", at: node)?.status == 503)
                #expect(await cluster.ask("status", at: node)?.text.contains("WRONGPASS") == true)
                #expect(node.log.contains("WRONGPASS") && !node.log.contains("PASSWORD"))
                cluster.redis.command("ACL", "SETUSER", "cart", ">PASSWORD")
                try await cluster.ready(node, within: cluster.lease.recovery)
            }
        }

        @Test func `a node of a Redis Cluster is refused in one line`() async throws {
            var server = RedisServerFixture.Options()
            server.settings = ["--cluster-enabled", "yes", "--cluster-port", "0"]
            server.listensOnTCP = true
            try await expectRefusal(of: server, naming: "Redis Cluster")
        }

        @Test func `a second node on a folder is refused and the first goes on`() async throws {
            var options = Cluster.Options()
            options.folder = { _ in "shared" }
            options.starts = false
            try await Cluster.with(options) { cluster in
                let (first, second) = (cluster.nodes[0], cluster.nodes[1])
                try first.start()
                try await cluster.ready(first)
                try second.start()
                #expect(try await second.end(within: .seconds(10)) == .exited(75))
                #expect(second.log.split(separator: "\n").last?.contains("data-dir") == true, "\(second.log)")
                try await RawHTTPClient.with(cluster) { #expect(await $0.create("a", at: 0).status == 201) }
            }
        }

        @Test func `a node with another secret is not let in, and its clients are told so in time`()
            async throws
        {
            var options = Cluster.Options()
            options.secret = { "the secret of node \($0)" }
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    #expect(await rawClient.create("a", at: 0).status == 201)
                    let clock = ContinuousClock()
                    let began = clock.now
                    for words in [await rawClient.look("a", at: 1), await rawClient.add("b", to: "a", at: 1)]
                    {
                        #expect(words.status == 503 && words.isProblem("owner-unreachable"), "\(words)")
                        #expect(!words.text.contains("127.0.0.1"), "\(words)")
                    }
                    // Each request ends within its deadline.
                    #expect(clock.now - began < .seconds(2 * 2 + 2))
                    #expect(await rawClient.add("c", to: "a", at: 0).quantities == ["c": 1])
                }
            }
        }
    }
}
