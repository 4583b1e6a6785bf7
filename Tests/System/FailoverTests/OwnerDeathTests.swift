import CartWorkload
import ClusterTesting
import Foundation
import Testing

extension FailoverTests {
    @Suite struct OwnerDeathTests {
        @Test func `a cart whose owner is killed is served by another within the lease, with every change`()
            async throws
        {
            var options = Cluster.Options()
            options.lease = .standard
            try await Cluster.with(options) { cluster in
                let checkResult = try await cluster.withTraffic { traffic in
                    for cart in 0..<4 { try await traffic.addEventually(cart, at: 0, within: .seconds(5)) }
                    try await cluster.nodes[0].kill()
                    let bound = cluster.lease.takeover + .seconds(1)
                    let (took, reply) = try await traffic.addEventually(0, at: 1, within: bound)
                    print("takeover after kill -9: \(took.inShort)")
                    #expect(reply.owner == cluster.nodes[1].name)
                    for cart in 1..<4 {
                        #expect(await traffic.add(cart, at: 1).observation?.lines.count == 2)
                    }
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        @Test func `nodes that are killed one after the other under load lose nothing`() async throws {
            var options = Cluster.Options()
            options.nodes = 3
            try await survive("killed in turn", options) { traffic in
                let nodes = traffic.cluster.nodes
                for (number, node) in nodes.enumerated() {
                    try await node.kill()
                    let others = nodes.indices.filter { $0 != number }
                    let took = try await traffic.recovered(at: others)
                    print("killed in turn: others had everything after \(took.inShort)")
                    try node.start()
                    try await traffic.cluster.ready(node)
                    try await traffic.clock.sleep(for: .milliseconds(300))
                }
            }
        }

        @Test func `nodes that are all killed at once and start again have every change`() async throws {
            var options = Cluster.Options()
            options.nodes = 3
            try await survive("all killed", options) { traffic in
                try await traffic.cluster.inject(
                    ScheduledFault(.everyNodeKilled, length: .milliseconds(100))
                )
                for node in traffic.cluster.nodes { try await traffic.cluster.ready(node) }
            }
        }

        @Test
        func `a node that was killed and comes back on its folder serves its carts as soon as it is ready`()
            async throws
        {
            var options = Cluster.Options()
            options.isAlone = true
            options.lease = .standard
            try await Cluster.with(options) { cluster in
                let owner = cluster.nodes[0]
                let checkResult = try await cluster.withTraffic { traffic in
                    for cart in 0..<8 { try await traffic.addEventually(cart, at: 0, within: .seconds(5)) }
                    // A successor on the folder reads this record.
                    try await eventually(within: .seconds(5), "\(owner.name) records that it may take carts")
                    {
                        try String(contentsOfFile: owner.folder + "/session", encoding: .utf8).contains(
                            "settled"
                        )
                    }
                    try await owner.kill()
                    try owner.start()
                    let start = try await cluster.ready(owner)
                    var slowest = Duration.zero
                    for cart in 0..<8 {
                        let began = traffic.clock.now
                        let seen = await traffic.look(cart, at: 0)
                        let changed = await traffic.add(cart, at: 0)
                        slowest = max(slowest, traffic.clock.now - began)
                        #expect(seen.observation?.lines.count == 1, "\(seen)")
                        #expect(changed.observation?.lines.count == 2, "\(changed)")
                        #expect(changed.owner == owner.name)
                    }
                    print("kill -9 and restart: ready after \(start), slowest read and write \(slowest)")
                    #expect(start < cluster.lease.length)
                    // A cart that had to wait for a lease would have waited for all of it.
                    #expect(slowest < cluster.lease.length / 5)
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        @Test func `a node with a Redis of its own that was killed has its carts again`() async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.redis = { _, _ in nil }
            // Otherwise a Redis that waits for a busy disk answers before it writes.
            options.settings = ["--embedded-redis-fsync", "always"]
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                let checkResult = try await cluster.withTraffic { traffic in
                    for cart in 0..<2 { try await traffic.addEventually(cart, at: 0, within: .seconds(5)) }
                    try await node.kill()
                    try node.start()
                    try await cluster.ready(node)
                    for cart in 0..<2 {
                        #expect(await traffic.add(cart, at: 0).observation?.lines.count == 2)
                    }
                    // Now its Redis dies with it.
                    try await node.kill()
                    node.killEmbeddedRedis()
                    try node.start()
                    try await cluster.ready(node)
                    for cart in 0..<2 {
                        #expect(await traffic.look(cart, at: 0).observation?.lines.count == 2)
                    }
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }
    }
}
