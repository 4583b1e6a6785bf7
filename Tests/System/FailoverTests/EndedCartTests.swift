import ClusterTesting
import NIOHTTP1
import ServerTesting
import Testing

extension FailoverTests {
    /// Carts that were deleted, merged or forgotten.
    @Suite struct EndedCartTests {
        private static let secrets = ["secret-sku", "secret-note", "secret@example.org", "secret-value"]

        private static let actions = """
            {"actions":[
              {"action":"add-line","sku":"secret-sku","quantity":1,
               "unitPrice":{"amount":100,"currency":"EUR"}},
              {"action":"set-details","note":"secret-note","email":"secret@example.org",
               "attributes":{"k":"secret-value"}}
            ]}
            """

        @Test(arguments: ["snapshot", "incremental", "events"])
        func
            `nothing of a customer is left in Redis of a cart that ended, and it has no history`(
                strategy: String
            ) async throws
        {
            var options = Cluster.Options()
            options.nodes = 1
            options.environment = { _ in ["CART_STRATEGY": strategy] }
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    func remains(of cart: String) -> [String] {
                        let stored = cluster.redis.command("HGETALL", "cart:{\(cart)}")
                        return Self.secrets.filter { stored.contains($0) }
                    }
                    #expect(await rawClient.create("target", at: 0).status == 201)
                    for cart in ["gone", "source"] {
                        #expect(await rawClient.create(cart, at: 0).status == 201)
                        let path = "/v1/carts/\(cart)"
                        let filled = await rawClient.ask(.POST, path + "/actions", body: Self.actions, at: 0)
                        #expect(filled.status == 200, "\(filled)")
                        #expect(remains(of: cart) == Self.secrets)
                        let end =
                            cart == "gone"
                            ? await rawClient.ask(.DELETE, path, at: 0)
                            : await rawClient.ask(
                                .POST,
                                "/v1/carts/target/merge",
                                body: #"{"from":"source","mergeId":"m","strategy":"add"}"#,
                                at: 0
                            )
                        #expect(end.status == (cart == "gone" ? 204 : 200), "\(end)")
                        #expect(remains(of: cart) == [])
                        let history = await rawClient.history(cart, at: 0)
                        #expect(history.status == 410, "\(history)")
                    }
                }
            }
        }

        @Test func `a version is not used again when a deleted cart was forgotten`() async throws {
            var options = Cluster.Options()
            options.settings = ["--idle-timeout", "200ms"]
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    #expect(await rawClient.create("k", at: 0).status == 201)
                    let old = try #require(await rawClient.add("tea", to: "k", at: 0).version)
                    #expect(await rawClient.ask(.DELETE, "/v1/carts/k", at: 0).status == 204)
                    try await eventually(within: .seconds(5), "the cart is put away") {
                        try await cluster.liveCarts(at: cluster.nodes[0]) == 0
                    }
                    // In place of the time for which the remains of a deleted cart are kept.
                    #expect(cluster.redis.command("DEL", "cart:{k}") == ":1\r\n")

                    #expect(await rawClient.create("k", at: 1).status == 201)
                    let new = try #require(await rawClient.add("anvil", to: "k", at: 1).version)
                    #expect(new > old && new < 1 << 53)
                    let checkout = "/v1/carts/k/checkout"
                    let byBody = await rawClient.ask(.POST, checkout, body: #"{"version":\#(old)}"#, at: 0)
                    #expect(byBody.status == 412, "\(byBody)")
                    let byTag = await rawClient.ask(.POST, checkout, ifMatch: "\"\(old)\"", at: 0)
                    #expect(byTag.status == 412, "\(byTag)")
                    let ordered = await rawClient.ask(.POST, checkout, body: #"{"version":\#(new)}"#, at: 0)
                    #expect(ordered.status == 201, "\(ordered)")
                }
            }
        }
    }
}
