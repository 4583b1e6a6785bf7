import CartWorkload
import ClusterTesting
import LogEvents
import ServerTesting
import Testing

extension FailoverTests {
    @Suite struct StandstillTests {
        @Test func `a node that stands still for a part of its lease or for several goes on without harm`()
            async throws
        {
            let lease = Lease.short
            await sideBySide([0.5, 1, 3]) { leases in
                var options = Cluster.Options()
                options.nodes = 3
                let survival = try await survive("paused for \(leases) leases", options) { traffic in
                    let node = traffic.cluster.nodes[0]
                    let length = lease.length * leases
                    let end = traffic.clock.now + length
                    node.pause()
                    if length > lease.takeover {
                        // The others do not wait for the paused node.
                        let took = try await traffic.recovered(at: [1, 2])
                        print("paused for \(leases) leases: others had everything after \(took.inShort)")
                    }
                    try await traffic.clock.sleep(for: max(.zero, end - traffic.clock.now))
                    node.resume()
                }
                // A node that slept for a lease sees it by its own clock. The others may not have noticed
                // yet.
                let ended = sessions(in: survival.logs[0], .sessionOver)
                let declaredDead = sessions(in: survival.logs[1] + survival.logs[2], .peerDeclaredDead)
                #expect(ended.count == (leases < 1 ? 0 : 1), "\(ended)")
                #expect(declaredDead.isSubset(of: ended), "\(declaredDead), \(ended)")
                if lease.length * leases > lease.takeover { #expect(declaredDead == ended) }
                for log in survival.logs[1...] { #expect(sessions(in: log, .sessionOver).isEmpty) }
            }
        }

        @Test
        func `a node that stood still for three leases neither writes nor answers what was true before`()
            async throws
        {
            var options = Cluster.Options()
            options.proxiesToRedis = [0]
            try await Cluster.with(options) { cluster in
                let (owner, other, proxy) = (cluster.nodes[0], 1, try cluster.redisProxy(of: 0))
                var plan = Traffic.lightPlan
                plan.carts = 4
                let checkResult = try await cluster.withTraffic(plan) { traffic in
                    let quiet = 3
                    for cart in 0..<plan.carts { await traffic.create(cart, at: 0) }
                    // A node that wakes up reads from open connections first.
                    await withDiscardingTaskGroup { group in
                        for _ in 0..<20 { group.addTask { await traffic.look(quiet, at: 0) } }
                    }
                    owner.pause()
                    let paused = traffic.clock.now
                    let bound = cluster.lease.takeover + .seconds(1)
                    let (took, _) = try await traffic.addEventually(quiet, at: other, within: bound)
                    print("takeover from a node that stands still: \(took.inShort)")
                    // These requests wait in its sockets until it wakes up.
                    let queued = try await withThrowingTaskGroup(of: AttemptResult.self) { group in
                        for _ in 0..<10 {
                            group.addTask { await traffic.look(quiet, at: 0) }
                            group.addTask { await traffic.add(quiet, at: 0) }
                        }
                        while traffic.clock.now - paused < cluster.lease.length * 3 {
                            await traffic.add(quiet, at: other)
                            try await traffic.clock.sleep(for: .milliseconds(50))
                        }
                        // Only its own clock can tell the node that it slept.
                        proxy.set(.held, .toServer, .toClient)
                        owner.resume()
                        try await traffic.clock.sleep(for: .milliseconds(300))
                        proxy.set(.open, .toServer, .toClient)
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    for reply in queued {
                        if case .unknown(let why) = reply.outcome {
                            Issue.record("unknown outcome: \(why)")
                        }
                    }
                    try await traffic.recovered()
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        /// The sessions that a log names in lines about this event: others' sessions rather than the node's own.
        private func sessions(in log: String, _ event: LoggedEvent) -> Set<Substring> {
            let lines = log.split(separator: "\n").filter { $0.contains(" \(event.rawValue): ") }
            return Set(
                lines.compactMap {
                    ($0.firstMatch(of: /peerSession=([0-9a-f]+)/) ?? $0.firstMatch(of: /session=([0-9a-f]+)/))?
                        .1
                }
            )
        }
    }
}
