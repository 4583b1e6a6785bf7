import Foundation
import Testing

extension FailoverTests {
    @Suite(.serialized) struct OwnerDeathTests {
        @Test func `a cart whose owner is killed is served by another within the lease, with every change`()
            async throws
        {
            var options = Cluster.Options()
            options.lease = .standard
            try await Cluster.with(options) { cluster in
                let owner = cluster.nodes[0]
                let other = cluster.nodes[1]
                let shoppers = try await cluster.shoppers(4)
                for shopper in shoppers {
                    for _ in 0..<5 { #expect(await shopper.add(at: owner).owner == owner.name) }
                }
                try await owner.kill()
                let (took, reply) = try await shoppers[0].addEventually(
                    at: other,
                    within: cluster.lease.takeover + .seconds(1)
                )
                print("takeover after kill -9: \(took)")
                #expect(reply.owner == other.name)
                try await cluster.audit(shoppers, at: [other], within: .seconds(1))
            }
        }

        @Test func `nodes that are killed one after the other under load lose nothing`() async throws {
            var options = Cluster.Options()
            options.nodes = 3
            try await Cluster.with(options) { cluster in
                let shoppers = try await cluster.shoppers(6)
                try await cluster.underLoad(shoppers) { shopper, gate in
                    try await shopper.wanderEverywhere(cluster.nodes, while: gate, pause: .milliseconds(40))
                } _: {
                    for (number, node) in cluster.nodes.enumerated() {
                        try await node.kill()
                        let other = cluster.nodes[(number + 1) % cluster.nodes.count]
                        for shopper in shoppers {
                            let bound = cluster.lease.takeover + .seconds(2)
                            try await shopper.addEventually(at: other, within: bound)
                        }
                        try node.start()
                        try await cluster.ready(node)
                        try await ContinuousClock().sleep(for: .milliseconds(300))
                    }
                }
                try await cluster.audit(shoppers)
                print("killed in turn: acknowledged \(shoppers.map(\.ledger.acknowledged))")
            }
        }

        @Test func `nodes that are all killed at once and start again have every change`() async throws {
            try await Cluster.with { cluster in
                let shoppers = try await cluster.shoppers(4)
                try await cluster.underLoad(shoppers) { shopper, gate in
                    try await shopper.wanderEverywhere(cluster.nodes, while: gate, pause: .milliseconds(10))
                } _: {
                    try await ContinuousClock().sleep(for: .seconds(1))
                    for node in cluster.nodes { try await node.kill() }
                    for node in cluster.nodes { try node.start() }
                    for node in cluster.nodes { try await cluster.ready(node) }
                    for shopper in shoppers {
                        try await shopper.addEventually(at: cluster.nodes[0], within: cluster.lease.takeover)
                    }
                }
                try await cluster.audit(shoppers)
            }
        }

        @Test
        func `a node that was killed and comes back on its folder serves its carts as soon as it is ready`()
            async throws
        {
            var options = Cluster.Options()
            options.lease = .standard
            try await Cluster.with(options) { cluster in
                let owner = cluster.nodes[0]
                let shoppers = try await cluster.shoppers(8)
                for shopper in shoppers { #expect(await shopper.add(at: owner).owner == owner.name) }
                // What a successor reads.
                try await eventually(within: .seconds(5), "\(owner.name) records that it may take carts") {
                    try String(contentsOfFile: owner.folder + "/session", encoding: .utf8).contains("settled")
                }
                try await owner.kill()
                try owner.start()
                let start = try await cluster.ready(owner)
                let clock = ContinuousClock()
                var slowest = Duration.zero
                for shopper in shoppers {
                    let began = clock.now
                    let seen = await shopper.look(at: owner)
                    let changed = await shopper.add(at: owner)
                    slowest = max(slowest, clock.now - began)
                    #expect(seen.status == 200, "\(seen)")
                    #expect(changed.status == 201, "\(changed)")
                    #expect(changed.owner == owner.name)
                }
                print(
                    "kill -9 and restart: ready after \(start), slowest cart read and written in \(slowest)"
                )
                #expect(start < cluster.lease.length)
                #expect(slowest < .milliseconds(250))
                try await cluster.audit(shoppers)
            }
        }

        @Test func `a node with a Redis of its own that was killed has its carts again`() async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.redis = { _, _ in nil }
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                let shoppers = try await cluster.shoppers(2)
                for shopper in shoppers { #expect(await shopper.add(at: node).status == 201) }
                try await node.kill()
                try node.start()
                try await cluster.ready(node)
                for shopper in shoppers { #expect(await shopper.add(at: node).status == 201) }
                // Its Redis too.
                try await node.kill()
                node.killEmbeddedRedis()
                try node.start()
                try await cluster.ready(node)
                try await cluster.audit(shoppers)
            }
        }
    }
}
