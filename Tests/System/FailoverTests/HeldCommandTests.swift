import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// Commands are held on their way to Redis, and delivered when nobody waits for their replies any more.
    @Suite struct HeldCommandTests {
        enum Sender: CaseIterable {
            /// The node keeps running, and closes the connection after its timeout.
            case lives
            /// The node is killed while its commands are held.
            case dies
        }

        @Test func `changes that reach Redis half a minute after their owner gave up change nothing`()
            async throws
        {
            await sideBySide(Sender.allCases) { sender in
                var options = Cluster.Options()
                options.proxiesToRedis = [0]
                try await Cluster.with(options) { cluster in
                    let proxy = try cluster.redisProxy(of: 0)
                    var plan = Traffic.lightPlan
                    plan.carts = 4
                    let checkResult = try await cluster.withTraffic(plan) { traffic in
                        try await Self.hold(traffic, proxy, sender: sender, for: .seconds(30))
                    }
                    #expect(checkResult.holds, "\(sender): \(checkResult)")
                }
            }
        }

        private static func hold(
            _ traffic: Traffic,
            _ proxy: FaultProxy,
            sender: Sender,
            for length: Duration
        ) async throws {
            let (cluster, carts) = (traffic.cluster, 0..<traffic.plan.carts)
            for cart in carts { try await traffic.addEventually(cart, at: 0, within: .seconds(5)) }
            proxy.set(.held, .toServer)
            let held = traffic.clock.now
            let bound = cluster.lease.takeover + .seconds(2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for cart in carts {
                    // The owner's commit waits on its way to Redis.
                    group.addTask { await traffic.add(cart, at: 0) }
                    group.addTask { try await traffic.addEventually(cart, at: 1, within: bound) }
                }
                if sender == .dies {
                    try await traffic.clock.sleep(for: .milliseconds(500))
                    try await cluster.nodes[0].kill()
                }
                try await group.waitForAll()
            }
            // The version differs from the held commit's, too.
            for cart in carts { await traffic.add(cart, at: 1) }
            try await traffic.clock.sleep(for: length - (traffic.clock.now - held))
            let versions = carts.map { traffic.history.version(of: $0) }
            proxy.set(.open, .toServer)
            if sender == .dies { try cluster.nodes[0].start() }
            try await cluster.ready(cluster.nodes[0], within: cluster.lease.recovery)
            for cart in carts {
                let reply = await traffic.look(cart, at: 1)
                #expect(reply.observation?.version == versions[cart], "\(sender): \(reply)")
            }
            try await traffic.recovered()
        }
    }
}
