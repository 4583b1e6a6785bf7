import CartWorkload
import ClusterTesting
import Testing

extension FailoverTests {
    @Suite struct ClaimRaceTests {
        private static let rounds = 8
        private static let idleTimeout: Duration = .milliseconds(400)

        @Test func `a cart that two nodes are asked to create at once is created once`() async throws {
            try await Cluster.with { cluster in
                var plan = Traffic.lightPlan
                plan.carts = 128
                let checkResult = try await cluster.withTraffic(plan) { traffic in
                    for first in stride(from: 0, to: plan.carts, by: 16) {
                        await withDiscardingTaskGroup { group in
                            for cart in first..<(first + 16) {
                                group.addTask {
                                    async let here = traffic.create(cart, at: 0)
                                    async let there = traffic.create(cart, at: 1)
                                    let replies = await [here, there]
                                    let versions = replies.compactMap(\.observation?.version)
                                    #expect(versions.count == 2 && Set(versions).count == 1, "\(replies)")
                                    #expect(Set(replies.map(\.owner)).count == 1, "\(replies)")
                                }
                            }
                        }
                    }
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        @Test
        func `a cart that nobody has and two nodes are asked for at once has one owner and every change`()
            async throws
        {
            var options = Cluster.Options()
            options.settings = ["--idle-timeout", Self.idleTimeout.asSetting]
            try await Cluster.with(options) { cluster in
                var plan = Traffic.lightPlan
                plan.carts = 16
                let checkResult = try await cluster.withTraffic(plan) { traffic in
                    for cart in 0..<plan.carts { await traffic.create(cart, at: cart % 2) }
                    for _ in 0..<Self.rounds {
                        for node in cluster.nodes {
                            try await eventually(within: .seconds(5), "\(node.name) has put all carts away") {
                                try await cluster.liveCarts(at: node) == 0
                            }
                        }
                        await withDiscardingTaskGroup { group in
                            for cart in 0..<plan.carts {
                                group.addTask {
                                    let began = ContinuousClock.now
                                    async let here = traffic.add(cart, at: 0)
                                    async let there = traffic.add(cart, at: 1)
                                    let replies = await [here, there]
                                    #expect(
                                        replies.allSatisfy { $0.observation != nil },
                                        "\(replies.map(\.outcome))"
                                    )
                                    // Later, the first owner may have put the cart away again.
                                    guard ContinuousClock.now - began < Self.idleTimeout else { return }
                                    #expect(Set(replies.map(\.owner)).count == 1, "\(replies)")
                                }
                            }
                        }
                    }
                    for cart in 0..<plan.carts {
                        #expect(await traffic.look(cart, at: 0).observation?.lines.count == 2 * Self.rounds)
                    }
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }
    }
}
