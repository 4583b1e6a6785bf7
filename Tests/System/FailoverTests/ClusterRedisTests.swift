import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// Nodes on a Redis Cluster of three primaries with a replica each.
    @Suite struct ClusterRedisTests {
        private static var options: Cluster.Options {
            var options = Cluster.Options()
            options.nodes = 3
            options.lease = .throughClusterFailover
            // A new store is claimed from after the gate: a lease, its margin, and two leases more.
            options.patience = .seconds(60)
            return options
        }

        /// The gate, and what a busy machine with two cores may need besides.
        private static let patience: Duration = .seconds(60)

        enum Fault: String, CaseIterable, Sendable {
            /// A primary is killed, and stays dead.
            case killed
            /// It stands still and comes back, as a primary that nobody told that it was replaced.
            case returned
            /// An operator moves it.
            case moved
            /// Clients reach it, and the other servers do not.
            case cutOff
        }

        @Test(arguments: Fault.allCases)
        func `a primary is replaced, and no acknowledged change is lost or done twice`(
            fault: Fault
        ) async throws {
            var servers = RedisClusterFixture.Options()
            servers.canBeCutOff = fault == .cutOff
            try await Cluster.withRedisCluster(Self.options, servers: servers) { cluster, shards in
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.flow {
                        try await traffic.recovered(within: Self.patience)
                        let began = traffic.clock.now
                        try await Self.inject(fault, into: shards)
                        let replaced = traffic.clock.now
                        try await traffic.recovered(within: Self.patience)
                        let switched = (replaced - began).inShort
                        let took = (traffic.clock.now - replaced).inShort
                        print(
                            "primary \(fault): another after \(switched), all carts changed after \(took) more"
                        )
                    }
                }
                print("primary \(fault): \(checkResult)")
                #expect(checkResult.holds, "\(checkResult)")
                #expect(checkResult.extent.acknowledged > 100)
                for node in cluster.nodes {
                    #expect(node.log.contains("redis-cluster.primaries-changed"), "\(node.name)")
                }
            }
        }

        /// Replaces the primary of the sessions.
        private static func inject(_ fault: Fault, into shards: RedisClusterFixture) async throws {
            let slot = try shards.slot(of: "cart:nodes")
            let number = shards.primaries.firstIndex { shards.server(of: slot) == $0 }
            let former = shards.primaries[try #require(number)]
            switch fault {
            case .killed:
                await former.server.kill()
                _ = try await shards.replaced(former, of: slot)
            case .returned:
                former.server.pause()
                _ = try await shards.replaced(former, of: slot)
                former.server.resume()
            case .moved:
                try await shards.failOver(to: shards.replicas(of: former)[0])
            case .cutOff:
                shards.cutOff([former])
                _ = try await shards.replaced(former, of: slot)
                shards.reunite()
            }
        }

        @Test func `slots move under load, and no acknowledged change is lost or done twice`() async throws {
            try await Cluster.withRedisCluster(Self.options) { cluster, shards in
                let (source, target) = (shards.primaries[0], shards.primaries[1])
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.recovered(within: Self.patience)
                    let slots = try traffic.carts.map { try shards.slot(of: Cluster.key(of: $0)) }
                    let moving = Set(slots.filter { $0 < 5_400 })
                    try await traffic.flow {
                        for slot in moving {
                            try shards.open(slot, from: source, to: target)
                            let keys = shards.keys(in: slot, at: source)
                            for key in keys.dropLast() { try shards.move(key: key, from: source, to: target) }
                            // Half open: some of its carts are here, and some there.
                            let took = try await traffic.recovered(within: Self.patience)
                            print("slot \(slot) half moved: all carts changed after \(took.inShort)")
                            for key in keys.suffix(1) { try shards.move(key: key, from: source, to: target) }
                            for key in shards.keys(in: slot, at: source) {
                                try shards.move(key: key, from: source, to: target)
                            }
                            try shards.close(slot, to: target)
                        }
                        try await shards.move(5_400...5_440, from: source, to: target)
                        try await traffic.recovered(within: Self.patience)
                    }
                    #expect(!moving.isEmpty)
                }
                print("slots moved: \(checkResult)")
                #expect(checkResult.holds, "\(checkResult)")
                for node in cluster.nodes { #expect(!node.log.contains("session over"), "\(node.name)") }
            }
        }

        @Test func `the doctor, inspect, the status and the metrics know the servers`() async throws {
            var options = Self.options
            options.nodes = 1
            try await Cluster.withRedisCluster(options) { cluster, _ in
                let node = cluster.nodes[0]
                let checkResult = try await cluster.withTraffic { traffic in
                    for cart in 0..<4 {
                        try await traffic.addEventually(cart, at: 0, within: Self.patience)
                        let stored = try await node.inspect(traffic.carts[cart].text)
                        #expect(stored.exitStatus == .exited(0), "\(stored.text)")
                    }
                }
                #expect(checkResult.holds, "\(checkResult)")
                let report = try await node.doctor()
                #expect(report.text.contains("3 primaries serve all slots"), "\(report.text)")
                let status = await cluster.ask("status", at: node)?.text ?? ""
                #expect(status.contains("5461 slots (0-5460)"), "\(status)")
                let metrics = await cluster.ask("metrics", at: node)?.text ?? ""
                #expect(metrics.contains(#"cart_redis_connections{use="heartbeats"} 3"#))
                #expect(metrics.contains(#"cart_redis_connections{use="probes"} 3"#))
            }
        }

        @Test func `a node refuses a primary that would answer when it is cut off`() async throws {
            var options = Self.options
            options.nodes = 1
            options.starts = false
            try await Cluster.withRedisCluster(options) { cluster, shards in
                let unfit = shards.primaries[1]
                unfit.server.command("CONFIG", "SET", "cluster-allow-reads-when-down", "yes")
                let node = cluster.nodes[0]
                let refused = try await node.run(["--redis-url", shards.url, "--data-dir", node.folder])
                #expect(refused.exitStatus == .exited(69))
                #expect(refused.text.contains("\(unfit.address): "), "\(refused.text)")
                #expect(refused.text.contains("cluster-allow-reads-when-down"), "\(refused.text)")
            }
        }
    }
}
