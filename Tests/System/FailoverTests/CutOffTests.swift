import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// The connection between one node and Redis fails.
    @Suite struct CutOffTests {
        private static func options(nodes: Int = 3) -> Cluster.Options {
            var options = Cluster.Options()
            options.nodes = nodes
            options.proxiesToRedis = [0]
            return options
        }

        @Test func `a node whose way to Redis fails for longer than its lease is replaced and comes back`()
            async throws
        {
            let ways: [NetworkFault] = [.cut, .requestsLost, .repliesLost, .requestsHeld, .refused]
            await sideBySide(ways) { networkFault in
                let survival = try await survive("\(networkFault) for 2 leases", Self.options()) { traffic in
                    let lease = traffic.cluster.lease
                    let proxy = try traffic.cluster.redisProxy(of: 0)
                    async let over: Void = networkFault.last(lease.length * 2, at: proxy)
                    let took = try await traffic.recovered(at: [1, 2])
                    print("\(networkFault): others had everything after \(took.inShort)")
                    try await over
                }
                #expect(survival.logs[0].contains("session over"))
            }
        }

        @Test
        func `a way to Redis that fails for a part of the lease, again and again, costs no change twice`()
            async throws
        {
            let ways: [NetworkFault] = [.cut, .requestsLost, .repliesLost, .allHeld, .severed, .refused]
            await sideBySide(ways) { networkFault in
                try await survive("\(networkFault) again and again", Self.options()) { traffic in
                    let proxy = try traffic.cluster.redisProxy(of: 0)
                    for _ in 0..<3 {
                        try await networkFault.last(.milliseconds(500), at: proxy)
                        try await traffic.clock.sleep(for: .milliseconds(300))
                    }
                }
            }
        }

        @Test func `a node cut off from Redis is silent by its lease's end, and alive`() async throws {
            try await Cluster.with(Self.options(nodes: 2)) { cluster in
                let proxy = try cluster.redisProxy(of: 0)
                let owner = cluster.nodes[0]
                let checkResult = try await cluster.withTraffic { traffic in
                    let cart = 0
                    try await traffic.addEventually(cart, at: 0, within: .seconds(5))
                    proxy.set(.lost, .toServer, .toClient)
                    let cut = traffic.clock.now
                    let bound = cluster.lease.takeover + .seconds(1)
                    async let takeover = traffic.addEventually(cart, at: 1, within: bound)
                    var last = cut
                    while traffic.clock.now - cut < bound {
                        if await traffic.look(cart, at: 0).observation != nil { last = traffic.clock.now }
                    }
                    let took = try await takeover.took
                    let answered = (last - cut).inShort
                    print("cut off: the owner answered for \(answered), others took over after \(took)")
                    #expect(last - cut < cluster.lease.length)
                    #expect(await cluster.ask("readyz", at: owner)?.status == 503)
                    #expect(await cluster.ask("livez", at: owner)?.status == 200)
                    proxy.heal()
                    try await cluster.ready(owner, within: cluster.lease.recovery)
                    for reply in [await traffic.look(cart, at: 0), await traffic.add(cart, at: 0)] {
                        #expect(reply.isDecided && reply.owner == cluster.nodes[1].name, "\(reply)")
                    }
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        @Test func `changes that reached Redis count, though their owner never heard of it`() async throws {
            try await Cluster.with(Self.options(nodes: 2)) { cluster in
                let proxy = try cluster.redisProxy(of: 0)
                var plan = Traffic.lightPlan
                plan.carts = 4
                let checkResult = try await cluster.withTraffic(plan) { traffic in
                    for cart in 0..<plan.carts {
                        try await traffic.addEventually(cart, at: 0, within: .seconds(5))
                    }
                    proxy.set(.lost, .toClient)
                    let bound = cluster.lease.takeover + .seconds(2)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for cart in 0..<plan.carts {
                            group.addTask {
                                let reply = await traffic.add(cart, at: 0)
                                guard case .unknown = reply.outcome else {
                                    Issue.record("cart \(cart): \(reply)")
                                    return
                                }
                            }
                            group.addTask {
                                let (_, reply) = try await traffic.addEventually(cart, at: 1, within: bound)
                                // The first change, the one without a reply, and this one.
                                #expect(reply.observation?.lines.count == 3, "\(reply)")
                            }
                        }
                        try await group.waitForAll()
                    }
                    proxy.heal()
                    try await traffic.recovered()
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }
    }
}
