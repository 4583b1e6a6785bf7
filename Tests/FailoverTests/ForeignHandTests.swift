import HostingTesting
import Testing

extension FailoverTests {
    /// Somebody writes under the nodes' keys.
    @Suite(.serialized) struct ForeignHandTests {
        @Test func `a live cart whose key is deleted is put back, and one that nobody has is gone`()
            async throws
        {
            var options = Cluster.Options()
            options.settings = ["--idle-timeout", "1s"]
            try await Cluster.with(options) { cluster in
                let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
                let shopper = try await cluster.shoppers(1)[0]
                #expect(await shopper.add(at: owner).status == 201)
                #expect(cluster.redis.command("DEL", "cart:{\(shopper.cart)}") == ":1\r\n")
                #expect(await shopper.look(at: owner).status == 200)
                try await shopper.addEventually(at: owner, within: .seconds(1))
                #expect(cluster.redis.command("EXISTS", "cart:{\(shopper.cart)}") == ":1\r\n")
                try await cluster.audit([shopper])
                try await eventually(within: .seconds(5), "the cart is put away") {
                    let here = try await cluster.shop.liveCarts(at: owner)
                    let there = try await cluster.shop.liveCarts(at: other)
                    return here == 0 && there == 0
                }
                #expect(cluster.redis.command("DEL", "cart:{\(shopper.cart)}") == ":1\r\n")
                for node in cluster.nodes {
                    #expect(await cluster.shop.look(shopper.cart, at: node).status == 404)
                }
            }
        }

        @Test
        func `a key of a wrong type is left as it is, its cart has a problem and other carts have none`()
            async throws
        {
            try await Cluster.with { cluster in
                let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
                let shoppers = try await cluster.shoppers(2)
                let (hurt, sound) = (shoppers[0], shoppers[1])
                #expect(await hurt.add(at: owner).status == 201)
                for cart in [hurt.cart, "never-was"] {
                    cluster.redis.command("DEL", "cart:{\(cart)}")
                    #expect(cluster.redis.command("SET", "cart:{\(cart)}", "foreign") == "+OK\r\n")
                }
                for node in [owner, other] {
                    for reply in [
                        await hurt.add(at: node), await cluster.shop.look("never-was", at: node),
                        await cluster.shop.create("never-was", at: node),
                    ] {
                        #expect(reply.status == 500, "\(reply)")
                        #expect(reply.problem?.type == "urn:cart-node:problem:unreadable")
                        #expect(reply.problem?.outcome == "not-applied")
                        #expect(["never-was", hurt.cart].contains(reply.problem?.cart))
                    }
                    #expect(await sound.add(at: node).status == 201)
                }
                // What is in memory is not lost by it.
                #expect(await hurt.look(at: owner).status == 200)
                for cart in [hurt.cart, "never-was"] {
                    #expect(cluster.redis.command("GET", "cart:{\(cart)}") == "$7\r\nforeign\r\n")
                    #expect(cluster.redis.command("DEL", "cart:{\(cart)}") == ":1\r\n")
                }
                #expect(await hurt.add(at: owner).status == 201)
                #expect(await cluster.shop.create("never-was", at: other).status == 201)
                try await cluster.audit(shoppers)
            }
        }
    }
}
