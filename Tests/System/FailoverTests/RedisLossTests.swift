import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// Redis fails or loses data. Where every cart is live, its owner still has the data.
    @Suite struct RedisLossTests {
        enum Persistence: CaseIterable {
            case always, everysec, none

            var options: RedisServerFixture.Options {
                switch self {
                case .always: Cluster.durableRedis(.always)
                case .everysec: Cluster.durableRedis(.everysec)
                case .none: RedisServerFixture.Options()
                }
            }
        }

        @Test func `live carts lose nothing when Redis is killed, whatever it kept`() async throws {
            await sideBySide(Persistence.allCases) { kept in
                try await survive("Redis killed, AOF \(kept)", on: kept.options) { traffic in
                    for _ in 0..<2 {
                        try await traffic.cluster.redis.restart()
                        try await traffic.clock.sleep(for: .seconds(1))
                    }
                }
            }
        }

        @Test(arguments: [RedisFault.tailLost, .flushed])
        func `live carts lose nothing when Redis forgets`(_ redisFault: RedisFault) async throws {
            try await survive("Redis \(redisFault)", on: Cluster.durableRedis(.everysec)) { traffic in
                try await traffic.cluster.inject(ScheduledFault(.redis(redisFault), length: .zero))
            }
        }

        @Test func `carts that lay only in Redis are as Redis has them when it lost its file's tail`()
            async throws
        {
            var options = Cluster.Options()
            options.settings = ["--idle-timeout", "200ms"]
            try await Cluster.with(options, on: Cluster.durableRedis(.everysec)) { cluster in
                let checkResult = try await cluster.withTraffic { traffic in
                    for cart in 0..<traffic.plan.carts {
                        try await traffic.addEventually(cart, at: 0, within: .seconds(5))
                    }
                    for _ in 0..<5 {
                        for cart in 0..<traffic.plan.carts { await traffic.add(cart, at: 0) }
                    }
                    for node in cluster.nodes {
                        try await eventually(within: .seconds(5), "\(node.name) has put all carts away") {
                            try await cluster.liveCarts(at: node) == 0
                        }
                    }
                    let before = cluster.storedVersions(of: traffic.carts)
                    traffic.history.beginLossWindow()
                    await cluster.redis.kill()
                    try cluster.redis.cutTail(keeping: 0.6)
                    try await cluster.redis.start()
                    let stored = cluster.storedVersions(of: traffic.carts)
                    traffic.history.endLossWindow()
                    try await eventually(within: cluster.lease.recovery, "carts are served again") {
                        await traffic.look(0, at: 0).isDecided
                    }
                    for name in traffic.carts {
                        let reply = await traffic.look(name.number, at: 1)
                        #expect((reply.observation?.version ?? 0) == stored[name.number], "\(name): \(reply)")
                    }
                    let lost = stored.filter { $1 < before[$0] ?? 0 }
                    #expect(!lost.isEmpty, "nothing was lost: \(stored)")
                    try await traffic.recovered()
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        @Test func `what a flush took away is put back before anybody needs it`() async throws {
            try await Cluster.with { cluster in
                let checkResult = try await cluster.withTraffic { traffic in
                    for cart in traffic.carts {
                        try await traffic.addEventually(cart.number, at: 0, within: .seconds(5))
                    }
                    cluster.redis.command("FLUSHALL")
                    try await eventually(within: cluster.lease.length, "all carts are in Redis") {
                        !cluster.storedVersions(of: traffic.carts).values.contains(0)
                    }
                    try await cluster.nodes[0].kill()
                    try await traffic.recovered(at: [1], within: cluster.lease.takeover * 2 + .seconds(1))
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        @Test func `nothing is lost when Redis stands still for a part of the lease, or for longer`()
            async throws
        {
            await sideBySide([0.5, 1.5]) { leases in
                let survival = try await survive("Redis paused for \(leases) leases") { traffic in
                    try await traffic.cluster.inject(
                        ScheduledFault(.redis(.paused), length: Lease.short.length * leases)
                    )
                }
                for log in survival.logs { #expect(log.contains("session over") == (leases > 1)) }
            }
        }

        @Test(arguments: [RedisFault.scriptsFlushed, .clientsKilled])
        func `a Redis that forgets scripts or clients again and again is no trouble`(_ redisFault: RedisFault)
            async throws
        {
            let survival = try await survive("Redis \(redisFault)") { traffic in
                try await traffic.cluster.inject(
                    ScheduledFault(.redis(redisFault), length: Lease.short.length * 2)
                )
            }
            for log in survival.logs { #expect(!log.contains("session over")) }
        }
    }
}
