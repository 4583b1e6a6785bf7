import Testing

extension FailoverTests {
    @Suite(.serialized) struct DrainTests {
        @Test
        func `a node that is told to leave fails no request and its carts are served elsewhere at once`()
            async throws
        {
            try await Cluster.with { cluster in
                let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
                let shoppers = try await cluster.shoppers(12)
                let idle = try await cluster.shoppers(20, named: "idle")
                let clock = ContinuousClock()
                try await cluster.underLoad(shoppers) { shopper, gate in
                    try await shopper.stay(among: [owner, other], while: gate, pause: .milliseconds(5))
                } _: {
                    try await clock.sleep(for: .milliseconds(300))
                    owner.terminate()
                    let began = clock.now
                    for shopper in idle {
                        let (_, reply) = try await shopper.addEventually(at: other, within: .seconds(1))
                        #expect(reply.owner == other.name)
                    }
                    print(
                        "\(idle.count) carts of a leaving node changed elsewhere after \(clock.now - began)"
                    )
                    #expect(clock.now - began < cluster.lease.length)
                    #expect(try await owner.end(within: .seconds(20)) == .exited(0))
                    print("left after \(clock.now - began)")
                    try await clock.sleep(for: .milliseconds(300))
                }
                for shopper in shoppers + idle {
                    #expect(shopper.ledger.failures.isEmpty, "\(shopper.cart)")
                }
                #expect(shoppers.allSatisfy { $0.ledger.acknowledged > 10 })
                try await cluster.audit(shoppers + idle, at: [other])
            }
        }

        @Test func `a second signal while a node leaves does no harm`() async throws {
            try await Cluster.with { cluster in
                let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
                let shoppers = try await cluster.shoppers(8)
                try await cluster.underLoad(shoppers) { shopper, gate in
                    try await shopper.stay(among: [owner, other], while: gate, pause: .milliseconds(5))
                } _: {
                    owner.terminate()
                    try await eventually(within: .seconds(5), "\(owner.name) is leaving") {
                        await cluster.shop.operations("readyz", at: owner)?.status != 200
                    }
                    owner.terminate()
                    let ending = try await owner.end(within: .seconds(20))
                    print("after a second SIGTERM: \(ending.map { "\($0)" } ?? "nothing")")
                    for shopper in shoppers {
                        try await shopper.addEventually(
                            at: other,
                            within: cluster.lease.takeover + .seconds(1)
                        )
                    }
                }
                try await cluster.audit(shoppers, at: [other])
            }
        }

        @Test func `nodes that are redeployed one after the other fail no request`() async throws {
            var options = Cluster.Options()
            options.nodes = 3
            try await Cluster.with(options) { cluster in
                let shoppers = try await cluster.shoppers(6)
                try await cluster.underLoad(shoppers) { shopper, gate in
                    try await shopper.stay(among: cluster.nodes, while: gate, pause: .milliseconds(10))
                } _: {
                    for node in cluster.nodes {
                        node.terminate()
                        #expect(try await node.end(within: .seconds(20)) == .exited(0))
                        try node.start()
                        try await cluster.ready(node)
                    }
                }
                for shopper in shoppers {
                    #expect(shopper.ledger.failures.isEmpty, "\(shopper.cart)")
                }
                try await cluster.audit(shoppers)
            }
        }
    }
}
