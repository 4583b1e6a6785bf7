import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// The connections between nodes fail, while every node reaches Redis.
    @Suite struct LinkFaultTests {
        private static var options: Cluster.Options {
            var options = Cluster.Options()
            options.nodes = 3
            options.proxiesLinks = true
            return options
        }

        @Test func `nodes that do not reach each other harm nobody, and do again when they can`() async throws
        {
            let cases: [(networkFault: NetworkFault, ways: [Int])] = [
                (.cut, [0]), (.cut, [0, 1, 2]), (.repliesLost, [0]), (.requestsHeld, [0, 1, 2]),
                (.refused, [0, 1, 2]),
                (.severed, [0, 1, 2]),
            ]
            await sideBySide(cases) { networkFault, ways in
                let name = "way to nodes \(ways) \(networkFault)"
                let survival = try await survive(name, Self.options) { traffic in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for way in ways {
                            let proxy = traffic.cluster.linkProxies[way]
                            group.addTask { try await networkFault.last(Lease.short.length * 1.5, at: proxy) }
                        }
                        try await group.waitForAll()
                    }
                }
                // A node that reaches Redis keeps its session.
                for log in survival.logs { #expect(!log.contains("session over"), "\(name)") }
            }
        }

        @Test func `an owner that others do not reach serves its own callers, and others say so in time`()
            async throws
        {
            try await Cluster.with(Self.options) { cluster in
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.addEventually(0, at: 0, within: .seconds(5))
                    try await traffic.addEventually(0, at: 1, within: .seconds(5))
                    cluster.linkProxies[0].set(.lost, .toServer, .toClient)
                    let began = traffic.clock.now
                    for reply in [await traffic.add(0, at: 1), await traffic.look(0, at: 2)] {
                        #expect(!reply.isDecided, "\(reply)")
                    }
                    // Each request ends within its deadline.
                    #expect(traffic.clock.now - began < .seconds(2 * 2 + 2))
                    let own = await traffic.add(0, at: 0)
                    #expect(own.owner == cluster.nodes[0].name && own.isDecided, "\(own)")
                    cluster.linkProxies[0].heal()
                    try await traffic.recovered()
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }
    }
}
