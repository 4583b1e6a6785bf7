import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// Another program writes to the nodes' keys in Redis.
    @Suite struct ForeignHandTests {
        @Test func `a live cart whose key is deleted is put back, and one that nobody has is gone`()
            async throws
        {
            var options = Cluster.Options()
            options.settings = ["--idle-timeout", "1s"]
            try await Cluster.with(options) { cluster in
                let checkResult = try await cluster.withTraffic { traffic in
                    let key = Cluster.key(of: CartName(0, prefix: traffic.plan.prefix))
                    try await traffic.addEventually(0, at: 0, within: .seconds(5))
                    #expect(cluster.redis.command("DEL", key) == ":1\r\n")
                    #expect(await traffic.look(0, at: 0).observation?.lines.count == 1)
                    let (_, reply) = try await traffic.addEventually(0, at: 0, within: .seconds(5))
                    #expect(reply.observation?.lines.count == 2)
                    #expect(cluster.redis.command("EXISTS", key) == ":1\r\n")
                    try await eventually(within: .seconds(5), "the cart is put away") {
                        let here = try await cluster.liveCarts(at: cluster.nodes[0])
                        let there = try await cluster.liveCarts(at: cluster.nodes[1])
                        return here == 0 && there == 0
                    }
                    traffic.history.beginLossWindow([0])
                    #expect(cluster.redis.command("DEL", key) == ":1\r\n")
                    traffic.history.endLossWindow([0])
                    for node in 0..<2 {
                        let outcome = await traffic.look(0, at: node).outcome
                        guard case .rejected(.cartMissing) = outcome else {
                            Issue.record("\(outcome)")
                            continue
                        }
                    }
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        @Test
        func `a key of a wrong type is left as it is, its cart has a problem and other carts have none`()
            async throws
        {
            try await Cluster.with { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    for cart in ["hurt", "sound"] {
                        #expect(await rawClient.create(cart, at: 0).status == 201)
                        #expect(await rawClient.add("a", to: cart, at: 0).status == 201)
                    }
                    for cart in ["hurt", "never-was"] {
                        cluster.redis.command("DEL", "cart:{\(cart)}")
                        #expect(cluster.redis.command("SET", "cart:{\(cart)}", "foreign") == "+OK\r\n")
                    }
                    for node in 0..<2 {
                        let hurt = await rawClient.add("b", to: "hurt", at: node)
                        #expect(hurt.status == 500 && hurt.isProblem("unreadable", cart: "hurt"), "\(hurt)")
                        for words in [
                            await rawClient.look("never-was", at: node),
                            await rawClient.create("never-was", at: node),
                        ] {
                            #expect(words.isProblem("unreadable", cart: "never-was"), "\(words)")
                        }
                        #expect(await rawClient.add("\(node)", to: "sound", at: node).status == 201)
                    }
                    // The state in memory is not lost.
                    #expect(await rawClient.look("hurt", at: 0).quantities == ["a": 1])
                    for cart in ["hurt", "never-was"] {
                        #expect(cluster.redis.command("GET", "cart:{\(cart)}") == "$7\r\nforeign\r\n")
                        #expect(cluster.redis.command("DEL", "cart:{\(cart)}") == ":1\r\n")
                    }
                    #expect(await rawClient.add("c", to: "hurt", at: 0).quantities == ["a": 1, "c": 1])
                    #expect(await rawClient.create("never-was", at: 1).status == 201)
                }
            }
        }

        @Test(arguments: ["e", "q", "m"])
        func `a cart with a corrupted field that nobody has in memory has a problem, and is left as it is`(
            _ field: String
        ) async throws {
            var options = Cluster.Options()
            options.settings = ["--idle-timeout", "200ms"]
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    for cart in ["hurt", "sound"] {
                        #expect(await rawClient.create(cart, at: 0).status == 201)
                        #expect(await rawClient.add("a", to: cart, at: 0).status == 201)
                    }
                    try await eventually(within: .seconds(5), "the carts are put away") {
                        try await cluster.liveCarts(at: cluster.nodes[0]) == 0
                    }
                    let whole = cluster.redis.command("HGET", "cart:{hurt}", field)
                    #expect(cluster.redis.command("HSET", "cart:{hurt}", field, "gibberish") == ":0\r\n")
                    for node in 0..<2 {
                        for words in [
                            await rawClient.look("hurt", at: node),
                            await rawClient.add("b", to: "hurt", at: node),
                        ] {
                            #expect(words.status == 500, "\(words)")
                            #expect(words.isProblem("unreadable", cart: "hurt"), "\(words)")
                        }
                        #expect(await rawClient.add("\(node)", to: "sound", at: node).status == 201)
                    }
                    #expect(cluster.redis.command("HGET", "cart:{hurt}", field) == "$9\r\ngibberish\r\n")
                    guard field != "m" else { return }
                    let word = whole.split(separator: "\r\n").last.map(String.init) ?? ""
                    cluster.redis.command("HSET", "cart:{hurt}", field, word)
                    #expect(await rawClient.add("b", to: "hurt", at: 1).quantities == ["a": 1, "b": 1])
                }
            }
        }
    }
}
