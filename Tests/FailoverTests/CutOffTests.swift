import HostingTesting
import Testing

extension FailoverTests {
    /// The way between one node and Redis fails.
    @Suite(.serialized) struct CutOffTests {
        @Test
        func
            `a node cut off from Redis is silent by its lease's end, and serves through the new owner later`()
            async throws
        {
            try await Cluster.withProxy { cluster, proxy in
                let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
                let quiet = try await cluster.shoppers(1, named: "quiet")[0]
                let busy = try await cluster.shoppers(3)
                let clock = ContinuousClock()
                try await cluster.underLoad(busy) { shopper, gate in
                    try await shopper.wanderEverywhere(cluster.nodes, while: gate, pause: .milliseconds(20))
                } _: {
                    try await clock.sleep(for: .milliseconds(300))
                    proxy.set(.lost, .toServer, .toClient)
                    let cut = clock.now
                    let bound = cluster.lease.takeover + .seconds(1)
                    async let takeover = quiet.addEventually(at: other, within: bound)
                    var last = cut
                    while clock.now - cut < bound {
                        if await quiet.look(at: owner).fate == .done { last = clock.now }
                    }
                    print(
                        "cut off: the owner answered for \(last - cut), others took over after \(try await takeover.took)"
                    )
                    #expect(last - cut < cluster.lease.length)
                    #expect(await cluster.shop.operations("readyz", at: owner)?.status == 503)
                    #expect(await cluster.shop.operations("livez", at: owner)?.status == 200)
                    proxy.heal()
                    try await cluster.ready(owner, within: cluster.lease.length + .seconds(5))
                    for reply in [await quiet.look(at: owner), await quiet.add(at: owner)] {
                        #expect(reply.fate == .done && reply.owner == other.name, "\(reply)")
                    }
                }
                try await cluster.audit(busy + [quiet])
            }
        }

        enum Fault: CaseIterable, Sendable {
            case requestsLost, answersLost, connectionsBroken
        }

        @Test(arguments: Fault.allCases)
        func `changes are made once though the way to Redis fails again and again`(_ fault: Fault)
            async throws
        {
            try await Cluster.withProxy { cluster, proxy in
                let shoppers = try await cluster.shoppers(4)
                let clock = ContinuousClock()
                try await cluster.underLoad(shoppers) { shopper, gate in
                    try await shopper.wander(among: cluster.nodes, while: gate, pause: .milliseconds(10))
                } _: {
                    for _ in 0..<3 {
                        try await clock.sleep(for: .milliseconds(300))
                        switch fault {
                        case .requestsLost: proxy.set(.lost, .toServer)
                        case .answersLost: proxy.set(.lost, .toClient)
                        case .connectionsBroken: proxy.sever()
                        }
                        try await clock.sleep(for: .milliseconds(500))
                        proxy.heal()
                    }
                    for shopper in shoppers {
                        try await shopper.addEventually(
                            at: cluster.nodes[0],
                            within: cluster.lease.length + .seconds(5)
                        )
                    }
                }
                try await cluster.audit(shoppers)
                print(
                    "\(fault): failures \(shoppers.map(\.ledger.failures.count)), unknown \(shoppers.map(\.ledger.uncertain))"
                )
            }
        }

        @Test func `changes that reach Redis after their owner's lease change nothing`() async throws {
            try await Cluster.withProxy { cluster, proxy in
                let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
                let shoppers = try await cluster.shoppers(4)
                for shopper in shoppers { await shopper.add(at: owner) }
                proxy.set(.held, .toServer)
                // These are in the owner's commits, and wait between it and Redis.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for shopper in shoppers { group.addTask { await shopper.add(at: owner) } }
                    for shopper in shoppers {
                        try await shopper.addEventually(
                            at: other,
                            within: cluster.lease.takeover + .seconds(1)
                        )
                    }
                    try await group.waitForAll()
                }
                // So that not even the version would be the same.
                for shopper in shoppers { #expect(await shopper.add(at: other).status == 201) }
                proxy.set(.open, .toServer)
                try await cluster.ready(owner, within: cluster.lease.length + .seconds(5))
                // What came late is not in Redis, where it would be found when nobody has the carts in memory.
                for shopper in shoppers {
                    let version = "\(await shopper.look(at: other).cart?.version ?? 0)"
                    let stored = cluster.redis.command("HGET", "cart:{\(shopper.cart)}", "q")
                    #expect(stored == "$\(version.utf8.count)\r\n\(version)\r\n")
                }
                try await cluster.audit(shoppers)
                for shopper in shoppers {
                    #expect(shopper.ledger.uncertain >= 1)
                    #expect(await shopper.look(at: other).cart?.lines.count == shopper.ledger.acknowledged)
                }
            }
        }

        @Test func `changes that reached Redis count, though their owner never heard of it`() async throws {
            try await Cluster.withProxy { cluster, proxy in
                let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
                let shoppers = try await cluster.shoppers(4)
                for shopper in shoppers { await shopper.add(at: owner) }
                proxy.set(.lost, .toClient)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for shopper in shoppers { group.addTask { await shopper.add(at: owner) } }
                    for shopper in shoppers {
                        try await shopper.addEventually(
                            at: other,
                            within: cluster.lease.takeover + .seconds(2)
                        )
                    }
                    try await group.waitForAll()
                }
                for shopper in shoppers {
                    let lines = await shopper.look(at: other).cart?.lines.count
                    #expect(shopper.ledger.uncertain >= 1)
                    #expect(lines ?? 0 > shopper.ledger.acknowledged)
                }
                proxy.heal()
                try await cluster.ready(owner, within: cluster.lease.length + .seconds(5))
                try await cluster.audit(shoppers)
            }
        }
    }
}
