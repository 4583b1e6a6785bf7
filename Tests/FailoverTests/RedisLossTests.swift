import Foundation
import HostingTesting
import Testing

extension FailoverTests {
    @Suite(.serialized) struct RedisLossTests {
        @Test func `what was acknowledged is there once after Redis was killed and started again under load`()
            async throws
        {
            try await survive(on: Cluster.durableRedis()) { cluster in
                for _ in 0..<2 {
                    try await cluster.redis.restart()
                    try await ContinuousClock().sleep(for: .seconds(1))
                }
            }
        }

        @Test func `live carts lose nothing when Redis comes back without the tail of its file`() async throws
        {
            try await survive(on: Cluster.durableRedis(.everysec)) { cluster in
                await cluster.redis.kill()
                let file = cluster.redis.directory + "/appendonlydir/appendonly.aof.1.incr.aof"
                let handle = try #require(FileHandle(forUpdatingAtPath: file))
                let length = try handle.seekToEnd()
                let rest = UInt64.random(in: length / 10..<length * 9 / 10)
                print("cut the file of Redis at \(rest) of \(length)")
                try handle.truncate(atOffset: rest)
                try handle.close()
                try await cluster.redis.start()
            }
        }

        @Test func `live carts lose nothing when Redis comes back with nothing`() async throws {
            try await survive(on: RedisServerFixture.Options()) { try await $0.redis.restart() }
        }

        @Test func `live carts lose nothing when Redis is flushed`() async throws {
            try await survive(on: Cluster.durableRedis()) { cluster in
                #expect(cluster.redis.command("FLUSHALL") == "+OK\r\n")
            }
        }

        @Test func `what a flush took away is put back before anybody needs it`() async throws {
            try await Cluster.with { cluster in
                let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
                let shoppers = try await cluster.shoppers(8)
                for shopper in shoppers { #expect(await shopper.add(at: owner).status == 201) }
                cluster.redis.command("FLUSHALL")
                for shopper in shoppers {
                    try await eventually(within: cluster.lease.length, "\(shopper.cart) is in Redis") {
                        cluster.redis.command("EXISTS", "cart:{\(shopper.cart)}") == ":1\r\n"
                    }
                }
                try await owner.kill()
                for shopper in shoppers {
                    try await shopper.addEventually(
                        at: other,
                        within: cluster.lease.takeover * 2 + .seconds(1)
                    )
                }
                try await cluster.audit(shoppers, at: [other])
            }
        }

        @Test(arguments: [0.5, 1.5])
        func `nothing is lost when Redis stands still for a part of the lease, or for longer`(
            _ leases: Double
        )
            async throws
        {
            try await survive(on: Cluster.durableRedis()) { cluster in
                cluster.redis.pause()
                try await ContinuousClock().sleep(for: cluster.lease.length * leases)
                cluster.redis.resume()
            }
        }

        /// Whatever happens to Redis while clients change and read carts: what they were told stays true, and soon
        /// after it all carts can be changed.
        private func survive(
            on server: RedisServerFixture.Options,
            _ fault: (Cluster) async throws -> Void
        ) async throws {
            try await Cluster.with(on: server) { cluster in
                let shoppers =
                    try await cluster.shoppers(4)
                    + cluster.shoppers(4, at: cluster.nodes[1], named: "other")
                let idle = try await cluster.shoppers(4, named: "idle")
                for shopper in idle { #expect(await shopper.add(at: cluster.nodes[1]).fate == .done) }
                try await cluster.underLoad(shoppers) { shopper, gate in
                    try await shopper.wander(among: cluster.nodes, while: gate, pause: .milliseconds(20))
                } _: {
                    let clock = ContinuousClock()
                    try await clock.sleep(for: .milliseconds(700))
                    try await fault(cluster)
                    let ended = clock.now
                    for shopper in shoppers + idle {
                        for node in cluster.nodes {
                            try await shopper.addEventually(
                                at: node,
                                within: cluster.lease.length + .seconds(5)
                            )
                        }
                    }
                    print("all carts can be changed \(clock.now - ended) after the fault")
                    try await clock.sleep(for: .milliseconds(500))
                }
                try await cluster.audit(shoppers + idle)
                let uncertain = shoppers.reduce(0) { $0 + $1.ledger.uncertain }
                let acknowledged = shoppers.reduce(0) { $0 + $1.ledger.acknowledged }
                print("acknowledged \(acknowledged), unknown \(uncertain)")
                #expect(acknowledged > 100)
            }
        }
    }
}
