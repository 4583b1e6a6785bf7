import CartWorkload
import ClusterTesting
import Foundation
import ServerTesting
import Testing

extension FailoverTests {
    /// Servers behind sentinels that are late, that miss each other, or that are not what somebody says.
    @Suite struct SentinelTroubleTests {
        private static var options: Cluster.Options {
            var options = Cluster.Options()
            options.lease = .throughFailover
            return options
        }

        /// What a busy machine may take for what takes two seconds.
        private static let patience: Duration = .seconds(20)

        /// One of these is a megabyte, and all are more than what the sockets between two servers hold.
        private static let filler = #""return redis.call('SET','filler',string.rep('x',1048576))""#
        private static let fillers = 24

        /// The other replica keeps up, confirms heartbeats, and may not be promoted.
        @Test func `a replica that lags is promoted, and owners put back what it never had`() async throws {
            let settings = [["--replica-priority", "1"], ["--replica-priority", "0"]]
            try await Cluster.withSentinels(Self.options, replicaSettings: settings) { cluster, group in
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.flow {
                        let (former, lagging) = (group.primary, group.servers[1])
                        lagging.pause()
                        for _ in 0..<Self.fillers {
                            try await eventually(within: Self.patience, "the primary alone has it") {
                                former.command("EVAL", Self.filler, "0") == "+OK\r\n"
                            }
                        }
                        former.command("SET", "late", "1")
                        // Whatever is acknowledged from now on is later than that.
                        try await traffic.recovered(within: Self.patience)
                        let began = traffic.clock.now
                        await former.kill()
                        lagging.resume()
                        try await group.switched()
                        #expect(group.primary === lagging)
                        #expect(lagging.command("EXISTS", "late") == ":0\r\n")
                        try await traffic.recovered()
                        print("lagging replica promoted: \(Self.words(since: began, traffic))")
                    }
                }
                print("lagging replica promoted: \(checkResult)")
                #expect(checkResult.holds, "\(checkResult)")
                for node in cluster.nodes {
                    #expect(!node.log.contains("session over"), "\(node.name)")
                    let hasHealed = node.log.contains(/sweep\.finished.*differing=[1-9]/)
                    #expect(hasHealed, "\(node.name) put nothing back\n\(node.logTail)")
                }
            }
        }

        @Test func `a primary that misses its replicas refuses changes, and all goes on when they are back`()
            async throws
        {
            let settings = ["--min-replicas-to-write", "1", "--min-replicas-max-lag", "10"]
            try await Cluster.withSentinels(Self.options, settings: settings) { cluster, group in
                let checkResult = try await cluster.withTraffic { traffic in
                    try await RawHTTPClient.with(cluster) { rawClient in
                        #expect(await rawClient.create("a", at: 0).status == 201)
                        #expect(await rawClient.add("s0", to: "a", at: 0).status == 201)
                        try await traffic.flow {
                            let began = traffic.clock.now
                            for replica in group.replicas { await replica.kill() }
                            // Its first attempt may overtake the end of the replicas.
                            _ = await rawClient.add("s1", to: "a", key: "s1", at: 0)
                            let refused = await rawClient.add("s2", to: "a", at: 0)
                            #expect(refused.status == 503, "\(refused)")
                            #expect(refused.text.contains("not-applied"), "\(refused)")
                            #expect(refused.text.contains("NOREPLICAS"), "\(refused)")
                            // The lease still runs.
                            #expect(await rawClient.look("a", at: 0).status == 200)
                            for node in cluster.nodes {
                                try await eventually(within: Self.patience, "\(node.name) says why") {
                                    node.log.contains(/heartbeat\.failed.*NOREPLICAS/)
                                }
                            }
                            for replica in group.replicas { try await replica.start() }
                            try await traffic.recovered(within: Self.patience)
                            print("replicas away: \(Self.words(since: began, traffic))")
                            #expect(await rawClient.add("s1", to: "a", key: "s1", at: 0).status == 201)
                            #expect(await rawClient.look("a", at: 0).quantities == ["s0": 1, "s1": 1])
                        }
                    }
                }
                print("replicas away: \(checkResult)")
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        @Test func `an operator moves the primary while heartbeats wait for replicas`() async throws {
            let settings = [["--replica-priority", "1"], ["--replica-priority", "0"]]
            try await Cluster.withSentinels(Self.options, replicaSettings: settings) { cluster, group in
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.flow {
                        let began = traffic.clock.now
                        let (former, next, slow) = (group.primary, group.servers[1], group.servers[2])
                        for replica in [next, slow] { replica.pause() }
                        try await Self.waits(at: former)
                        group.failOver()
                        // From its promotion on nothing confirms what is sent to the former primary.
                        next.resume()
                        try await group.switched()
                        slow.resume()
                        try await traffic.recovered()
                        print("moved while heartbeats wait: \(Self.words(since: began, traffic))")
                    }
                }
                print("moved while heartbeats wait: \(checkResult)")
                #expect(checkResult.holds, "\(checkResult)")
                for node in cluster.nodes {
                    #expect(node.ended == nil)
                    #expect(node.log.contains("redis.primary-switched"), "\(node.name)")
                }
            }
        }

        /// A sentinel calls a primary down that says that it is a replica, after a while.
        @Test func `somebody makes the primary a replica, and the nodes follow the next one`() async throws {
            try await Cluster.withSentinels(Self.options) { cluster, group in
                group.lookOften()
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.flow {
                        let former = group.primary
                        let began = traffic.clock.now
                        for replica in group.replicas { replica.pause() }
                        try await Self.waits(at: former)
                        // Nobody listens there.
                        former.command("REPLICAOF", "127.0.0.1", "1")
                        for replica in group.replicas { replica.resume() }
                        try await group.switched()
                        try await traffic.recovered()
                        print("primary made a replica: \(Self.words(since: began, traffic))")
                    }
                }
                print("primary made a replica: \(checkResult)")
                #expect(checkResult.holds, "\(checkResult)")
                let logs = cluster.nodes.map(\.log)
                #expect(logs.contains { $0.contains("READONLY") })
                // The heartbeat that waited.
                #expect(logs.contains { $0.contains("UNBLOCKED") })
                for node in cluster.nodes {
                    #expect(node.ended == nil)
                    #expect(node.log.contains("redis.primary-switched"), "\(node.name)")
                }
            }
        }

        private static func words(since began: Duration, _ traffic: Traffic) -> String {
            "all carts changed after \((traffic.clock.now - began).inShort)"
        }

        /// Waits until a heartbeat waits for replicas.
        private static func waits(at server: RedisServerFixture) async throws {
            try await eventually(within: patience, "a heartbeat waits", every: .milliseconds(5)) {
                !server.command("INFO", "clients").contains("blocked_clients:0")
            }
        }

        @Test func `an address that sentinels announce and nobody reaches is named with them`() async throws {
            let nowhere = "127.0.0.9:\(try FreePort.find())"
            var sentinel = RedisServerFixture.Options()
            sentinel.listensOnTCP = true
            let words = nowhere.replacing(":", with: " ")
            sentinel.sentinel = ["sentinel monitor \(RedisFailoverGroup.name) \(words) 1"]
            try await RedisServerFixture.with(sentinel) { sentinel in
                let port = try #require(sentinel.port)
                var options = Self.options
                options.nodes = 1
                options.starts = false
                options.redis = { _, _ in RedisFailoverGroup.url(ports: [port]) }
                let cause = "the sentinels (127.0.0.1:\(port)) announce the primary at \(nowhere): "
                try await Cluster.with(options) { cluster in
                    let node = cluster.nodes[0]
                    try node.start()
                    try await eventually(within: Self.patience, "the log names both\n\(node.logTail)") {
                        node.log.contains(cause)
                    }
                    for path in ["status", "readyz"] {
                        try await eventually(within: Self.patience, "/\(path) names both") {
                            await cluster.ask(path, at: node)?.text.contains(cause) == true
                        }
                    }
                    let examined = try await node.doctor()
                    #expect(examined.exitStatus == .exited(2))
                    let text = examined.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                    #expect(text.contains(cause + "nothing listens there"), "\(examined.text)")
                    #expect(text.contains("replica-announce-ip"), "\(examined.text)")
                }
            }
        }
    }
}
