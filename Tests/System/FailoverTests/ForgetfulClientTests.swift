import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// Clients that do not wait for the reply, and repeat the request at another node.
    @Suite struct ForgetfulClientTests {
        @Test func `a change whose client leaves before the reply and asks again elsewhere is made once`()
            async throws
        {
            try await retry(keyed: true)
        }

        @Test func `a change that is asked for again as another is made twice, and never three times`()
            async throws
        {
            try await retry(keyed: false)
        }

        /// Sends every change to one node, gives it up at once, and sends it to the other node again.
        private func retry(keyed: Bool) async throws {
            var options = Cluster.Options()
            options.proxiesToRedis = [0, 1]
            try await Cluster.with(options) { cluster in
                // Slow replies leave the clients time to give up.
                for number in 0..<2 {
                    try cluster.redisProxy(of: number).set(.delayed(.milliseconds(20)), .toClient)
                }
                try await RawHTTPClient.with(cluster) { try await Self.ask($0, keyed: keyed) }
            }
        }

        private static func ask(_ rawClient: RawHTTPClient, keyed: Bool) async throws {
            let carts = 8
            let attempts = 6
            for cart in 0..<carts { #expect(await rawClient.create("cart-\(cart)", at: 0).status == 201) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for cart in 0..<carts {
                    group.addTask {
                        for attempt in 0..<attempts {
                            let sku = "sku-\(attempt)"
                            let keys = keyed ? ["\(sku)", "\(sku)"] : ["\(sku)-a", "\(sku)-b"]
                            await rawClient.abandon(
                                sku,
                                to: "cart-\(cart)",
                                key: keys[0],
                                at: (cart + attempt) % 2
                            )
                            let reply = await rawClient.add(
                                sku,
                                to: "cart-\(cart)",
                                key: keys[1],
                                at: (cart + attempt + 1) % 2
                            )
                            #expect(reply.status == 201 || reply.status == 200, "\(reply)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            // Abandoned requests may be under way until their deadline.
            try await Task.sleep(for: .milliseconds(2_500))
            for cart in 0..<carts {
                let here = await rawClient.look("cart-\(cart)", at: 0)
                let there = await rawClient.look("cart-\(cart)", at: 1)
                #expect(here.quantities == there.quantities)
                #expect(here.quantities.count == attempts, "\(here)")
                for (sku, quantity) in here.quantities {
                    let most = keyed ? 1 : 2
                    #expect((1...most).contains(quantity), "cart \(cart): \(quantity) of \(sku)")
                }
            }
        }
    }
}
