import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// Nodes store carts by different strategies, and change them at a restart.
    @Suite struct StrategyTests {
        private static let strategies = ["snapshot", "incremental", "events"]

        /// The strategy of a node in a round: never the same on all nodes, and another in the next round.
        private static func custom(_ node: Int, round: Int) -> [String: String] {
            ["CART_STRATEGY": strategies[(node + round) % 3], "CART_SNAPSHOT_EVERY": "3"]
        }

        @Test func `nodes that keep carts in different ways are redeployed and killed, and nothing is lost`()
            async throws
        {
            var options = Cluster.Options()
            options.nodes = 3
            options.settings = ["--lame-duck", "500ms"]
            options.environment = { Self.custom($0, round: 0) }
            try await survive("strategies were switched", options) { traffic in
                for round in 1...3 {
                    for (number, node) in traffic.cluster.nodes.enumerated() {
                        if (number + round) % 3 == 0 {
                            try await node.kill()
                        } else {
                            node.terminate()
                            #expect(try await node.end(within: .seconds(20)) == .exited(0))
                        }
                        try node.start(environment: Self.custom(number, round: round))
                        try await traffic.cluster.ready(node)
                    }
                }
            }
        }

        @Test func `an operator sees what lies in Redis, of a sound cart and of a damaged one`() async throws
        {
            var options = Cluster.Options()
            options.settings = ["--idle-timeout", "200ms"]
            options.environment = { _ in ["CART_STRATEGY": "events", "CART_SNAPSHOT_EVERY": "4"] }
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    for cart in ["hurt", "sound", "newer"] {
                        #expect(await rawClient.create(cart, at: 0).status == 201)
                        for sku in ["a", "b", "c", "d", "e"] {
                            #expect(await rawClient.add(sku, to: cart, at: 0).status == 201)
                        }
                    }
                    let history = await rawClient.history("sound", at: 1)
                    #expect(history.status == 200)
                    let found = try #require(history.text.firstMatch(of: /"since":(\d+),/), "\(history)")
                    let since = try #require(UInt64(found.1))
                    #expect(
                        history.text.contains(
                            #""version":\#(since + 2),"since":\#(since),"commits":[{"version":\#(since + 1)"#
                        ),
                        "\(history)"
                    )
                    try await eventually(within: .seconds(5), "the carts are put away") {
                        try await cluster.liveCarts(at: cluster.nodes[0]) == 0
                    }
                    let sound = try await cluster.nodes[0].inspect("sound")
                    #expect(sound.exitStatus == .exited(0))
                    for part in [
                        "cart:{sound}: a hash", "owner       nobody",
                        "events: 2 commits since version \(since)",
                    ] {
                        #expect(sound.text.contains(part), "\(part) in \(sound.text)")
                    }

                    // A gap in the events, and a cart that a newer build wrote.
                    let hurt = try #require(
                        await rawClient.history("hurt", at: 1).text.firstMatch(of: /"since":(\d+),/)
                    )
                    let missing = try #require(UInt64(hurt.1)) + 1
                    #expect(cluster.redis.command("HDEL", "cart:{hurt}", "ev:\(missing)") == ":1\r\n")
                    cluster.redis.command("HSET", "cart:{newer}", "s", "\u{8}\u{7}")
                    for (cart, reason) in [
                        ("hurt", "the events of version \(missing) are missing"),
                        ("newer", "schema version 7"),
                    ] {
                        let key = "cart:{\(cart)}"
                        func content() -> [String] {
                            [
                                cluster.redis.command("HMGET", key, "q", "b", "s"),
                                cluster.redis.command("HKEYS", key),
                            ]
                        }
                        let stored = content()
                        for node in 0..<2 {
                            let words = await rawClient.add("f", to: cart, at: node)
                            #expect(
                                words.status == 500 && words.isProblem("unreadable", cart: cart),
                                "\(words)"
                            )
                            #expect(words.text.contains(reason), "\(words)")
                        }
                        #expect(content() == stored)
                        let seen = try await cluster.nodes[0].inspect(cart)
                        #expect(seen.exitStatus == .exited(0))
                        #expect(
                            seen.text.contains("unreadable") && seen.text.contains(reason),
                            "\(seen.text)"
                        )
                    }
                    #expect(await rawClient.add("f", to: "sound", at: 1).status == 201)
                    #expect(await rawClient.history("hurt", at: 0).isProblem("unreadable", cart: "hurt"))

                    let nobody = try await cluster.nodes[0].inspect("nobody")
                    #expect(
                        nobody.exitStatus == .exited(66) && nobody.text.contains("cart:{nobody}"),
                        "\(nobody)"
                    )
                    let nonsense = try await cluster.nodes[0].inspect("{x}")
                    #expect(nonsense.exitStatus == .exited(64), "\(nonsense)")
                }
            }
        }
    }
}
