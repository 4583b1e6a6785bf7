import CartWorkload
import ClusterTesting
import Testing

extension FailoverTests {
    /// Clients that hash by cart, and carts that follow them.
    @Suite struct FollowingTests {
        /// The time for which a node keeps a cart: less than by default, as a test waits for it.
        private static let interval: Duration = .seconds(2)

        @Test
        func `carts of a node that was killed are local again soon after it is back, and no request fails`()
            async throws
        {
            var options = Cluster.Options()
            options.nodes = 3
            options.settings = ["--follow-interval", Self.interval.asSetting]
            try await Cluster.with(options) { cluster in
                let checkResult = try await cluster.withTraffic { traffic in
                    var gateway = HashingGateway(traffic: traffic, up: [0, 1, 2])
                    for cart in 0..<traffic.plan.carts {
                        try await traffic.addEventually(cart, at: gateway.home(of: cart), within: .seconds(5))
                    }
                    var shares = [await gateway.forwardedShare()]

                    try await cluster.nodes[1].kill()
                    gateway.up = [0, 2]
                    for cart in 0..<traffic.plan.carts {
                        let bound = cluster.lease.recovery
                        try await traffic.addEventually(cart, at: gateway.home(of: cart), within: bound)
                    }
                    shares.append(await gateway.forwardedShare())

                    try cluster.nodes[1].start()
                    try await cluster.ready(cluster.nodes[1])
                    gateway.up = [0, 1, 2]
                    shares.append(await gateway.forwardedShare())
                    let took = try await eventually(
                        within: Self.interval + .seconds(3),
                        "at most 1 of 20 requests is forwarded: \(shares)",
                        every: .milliseconds(50)
                    ) {
                        shares.append(await gateway.forwardedShare())
                        return shares.last.map { $0 <= 0.05 } ?? false
                    }
                    print("forwarded: \(shares), local again after \(took)")
                    #expect(shares[0] == 0)
                    #expect(shares[1] == 0)
                    #expect(shares[2] > 0.2, "the node that came back must have had carts")
                    // What has moved stays.
                    for _ in 0..<20 { #expect(await gateway.forwardedShare() <= 0.05) }
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }
    }
}

/// A gateway that sends the requests for a cart to one node, of those that it knows to be up.
private struct HashingGateway {
    let traffic: Traffic
    /// The numbers of the nodes that it knows to be up.
    var up: [Int]

    /// The cart's own node while it is up: only the carts of a node that is down are elsewhere.
    func home(of cart: Int) -> Int {
        let nodes = traffic.cluster.nodes.count
        let own = cart % nodes
        return up.contains(own) ? own : up[cart / nodes % up.count]
    }

    /// Reads and changes every cart, all of them at once, and expects that each request is granted.
    ///
    /// - Returns: the share of the requests that another node answered than the one that was asked.
    func forwardedShare() async -> Double {
        let forwarded = await withTaskGroup(of: [Bool].self) { group in
            for cart in 0..<traffic.plan.carts {
                group.addTask {
                    let node = home(of: cart)
                    async let seen = traffic.look(cart, at: node)
                    async let changed = traffic.add(cart, at: node)
                    return await [seen, changed].map { reply in
                        #expect(reply.observation != nil, "cart \(cart) at node \(node): \(reply)")
                        return reply.owner != traffic.cluster.nodes[node].name
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        return Double(forwarded.count { $0 }) / Double(forwarded.count)
    }
}
