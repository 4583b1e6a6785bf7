import HostingTesting
import Testing

extension FailoverTests {
    @Suite(.serialized) struct StandstillTests {
        @Test
        func `a node that stood still for three leases neither writes nor answers what was true before`()
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
                    // Connections that are there already are the first that it hears of when it wakes up.
                    await withDiscardingTaskGroup { group in
                        for _ in 0..<20 { group.addTask { await quiet.look(at: owner) } }
                    }
                    owner.pause()
                    let paused = clock.now
                    let bound = cluster.lease.takeover + .seconds(1)
                    let (took, _) = try await quiet.addEventually(at: other, within: bound)
                    print("takeover from a node that stands still: \(took)")
                    // These wait in its sockets until it wakes up.
                    let queued = try await withThrowingTaskGroup(of: Reply.self) { group in
                        for _ in 0..<10 {
                            group.addTask { await quiet.look(at: owner) }
                            group.addTask { await quiet.add(at: owner) }
                        }
                        while clock.now - paused < cluster.lease.length * 3 {
                            await quiet.add(at: other)
                            try await clock.sleep(for: .milliseconds(50))
                        }
                        // Nothing but its own clock can tell it that it slept.
                        proxy.set(.held, .toServer, .toClient)
                        owner.resume()
                        try await clock.sleep(for: .milliseconds(300))
                        proxy.set(.open, .toServer, .toClient)
                        var replies: [Reply] = []
                        for try await reply in group { replies.append(reply) }
                        return replies
                    }
                    let fates = Dictionary(grouping: queued, by: \.fate).mapValues(\.count)
                    print("asked while it stood still: \(fates)")
                    for reply in queued {
                        #expect(
                            reply.fate == .done || (reply.status == 503 && reply.fate == .notApplied),
                            "\(reply)"
                        )
                    }
                    try await cluster.ready(owner, within: cluster.lease.length + .seconds(5))
                    try await clock.sleep(for: .milliseconds(300))
                }
                try await cluster.audit(busy + [quiet])
                print(
                    "unknown: \(busy.map(\.ledger.uncertain)), acknowledged: \(busy.map(\.ledger.acknowledged))"
                )
            }
        }
    }
}
