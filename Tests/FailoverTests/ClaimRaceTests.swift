import Testing

extension FailoverTests {
    @Suite(.serialized) struct ClaimRaceTests {
        private static let carts = 16
        private static let rounds = 8

        @Test func `a cart that two nodes are asked to create at once is created once`() async throws {
            try await Cluster.with { cluster in
                for round in 0..<Self.rounds {
                    await withDiscardingTaskGroup { group in
                        for number in 0..<Self.carts {
                            let shopper = Shopper("race-\(round)-\(number)", cluster.shop)
                            group.addTask {
                                async let here = shopper.create(at: cluster.nodes[0])
                                async let there = shopper.create(at: cluster.nodes[1])
                                let replies = await [here, there]
                                #expect(replies.compactMap(\.status).sorted() == [200, 201], "\(replies)")
                                #expect(Set(replies.map(\.owner)).count == 1, "\(replies)")
                                #expect(shopper.ledger.contradictions.isEmpty)
                            }
                        }
                    }
                }
            }
        }

        @Test
        func `a cart that nobody has and two nodes are asked for at once has one owner and every change`()
            async throws
        {
            var options = Cluster.Options()
            options.settings = ["--idle-timeout", "100ms"]
            try await Cluster.with(options) { cluster in
                let shoppers = try await cluster.shoppers(Self.carts)
                var owners: [String: Int] = [:]
                for _ in 0..<Self.rounds {
                    for node in cluster.nodes {
                        try await eventually(within: .seconds(5), "\(node.name) has put all carts away") {
                            try await cluster.shop.liveCarts(at: node) == 0
                        }
                    }
                    let found = await withTaskGroup(of: [String?].self) { group in
                        for shopper in shoppers {
                            group.addTask {
                                async let here = shopper.add(at: cluster.nodes[0])
                                async let there = shopper.add(at: cluster.nodes[1])
                                return await [here, there].map(\.owner)
                            }
                        }
                        return await group.reduce(into: []) { $0.append($1) }
                    }
                    for pair in found {
                        #expect(Set(pair).count == 1, "\(pair)")
                        owners[pair[0] ?? "nobody", default: 0] += 1
                    }
                }
                print("who won: \(owners)")
                for shopper in shoppers {
                    #expect(shopper.ledger.failures.isEmpty)
                    #expect(shopper.ledger.acknowledged == 2 * Self.rounds)
                    #expect(await shopper.look(at: cluster.nodes[0]).cart?.lines.count == 2 * Self.rounds)
                }
                try await cluster.audit(shoppers)
            }
        }
    }
}
