import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// Sentinels replace the primary. Every cart that is live has an owner who puts back what the promoted replica
    /// lacks.
    @Suite struct SentinelTests {
        private static var options: Cluster.Options {
            var options = Cluster.Options()
            options.lease = .throughFailover
            return options
        }

        /// What a busy machine with two cores may need besides.
        private static let slack: Duration = .seconds(8)

        enum Fault: String, CaseIterable, Sendable {
            /// The primary is killed, and stays dead.
            case killed
            /// It stands still and comes back, as a primary that nobody told that it was replaced.
            case returned
            /// An operator moves it.
            case moved
        }

        @Test(arguments: Fault.allCases)
        func `sentinels replace the primary, and no acknowledged change is lost or done twice`(
            fault: Fault
        ) async throws {
            try await Cluster.withSentinels(Self.options) { cluster, group in
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.flow {
                        let began = traffic.clock.now
                        try await Self.inject(fault, into: group)
                        try await traffic.recovered()
                        let took = (traffic.clock.now - began).inShort
                        print("primary \(fault): all carts changed after \(took)")
                    }
                }
                print("primary \(fault): \(checkResult)")
                #expect(checkResult.holds, "\(checkResult)")
                #expect(checkResult.extent.acknowledged > 100)
                for node in cluster.nodes {
                    #expect(!node.log.contains("session over"), "\(node.name)")
                    #expect(node.log.contains("redis.primary-switched"), "\(node.name)")
                }
            }
        }

        private static func inject(_ fault: Fault, into group: RedisFailoverGroup) async throws {
            let former = group.primary
            switch fault {
            case .killed:
                await former.kill()
                try await group.switched()
            case .returned:
                former.pause()
                try await group.switched()
                former.resume()
            case .moved:
                group.failOver()
                try await group.switched()
            }
        }

        /// The time is from the moment at which a majority of the sentinels names the new primary, and about two
        /// seconds of a machine of one's own. No session ends meanwhile: nobody waits for a lease.
        @Test func `live carts are changed again soon after the fail-over, under their sessions`()
            async throws
        {
            try await Cluster.withSentinels(Self.options) { cluster, group in
                var plan = Traffic.lightPlan
                plan.carts = 8
                let checkResult = try await cluster.withTraffic(plan) { traffic in
                    for cart in 0..<plan.carts {
                        try await traffic.addEventually(cart, at: cart % 2, within: .seconds(20))
                    }
                    let began = traffic.clock.now
                    await group.primary.kill()
                    try await group.switched()
                    let promoted = traffic.clock.now
                    let took = try await traffic.recovered(within: .seconds(2) + Self.slack)
                    print(
                        "primary killed: another after \((promoted - began).inShort), live carts after "
                            + "\(took.inShort) more"
                    )
                }
                #expect(checkResult.holds, "\(checkResult)")
                for node in cluster.nodes { #expect(!node.log.contains("session over"), "\(node.name)") }
            }
        }

        @Test func `a primary that was replaced extends no lease of a node that hears nothing else`()
            async throws
        {
            var options = Self.options
            options.settings = ["--redis-replicas", "1"]
            // What a node knows that is cut off from the sentinels together with the primary.
            options.sentinels = { group, number in
                guard number == 1, let port = group.primary.port else { return group.url }
                return "redis://127.0.0.1:\(port)"
            }
            try await Cluster.withSentinels(options) { cluster, group in
                let lease = cluster.lease
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.addEventually(0, at: 1, within: .seconds(20))
                    let former = group.primary
                    former.pause()
                    let began = traffic.clock.now
                    try await group.switched()
                    former.resume()
                    var last = began
                    while traffic.clock.now - began < lease.length + .seconds(2) {
                        // Whatever the answer's way takes on a busy machine.
                        let asked = traffic.clock.now
                        if await traffic.look(0, at: 1).observation != nil { last = asked }
                    }
                    // A change before would have been the owner's, acknowledged there and lost with it.
                    let took = try await traffic.addEventually(0, at: 0, within: lease.recovery).took
                    try await cluster.nodes[1].kill()
                    let (answered, others) = ((last - began).inShort, took.inShort)
                    print("replaced primary: its node answered for \(answered), taken over after \(others)")
                    #expect(last - began < lease.length)
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        @Test func `a node needs replicas that confirm heartbeats, and says so`() async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.starts = false
            options.redis = { _, _ in "redis+sentinel://127.0.0.1:1/carts" }
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                let refused = try await node.run(["--redis-replicas", "0", "--data-dir", node.folder])
                #expect(refused.exitStatus == .exited(64))
                #expect(refused.text.contains("redis-replicas: does not fit"), "\(refused.text)")
                let examined = try await node.doctor()
                #expect(examined.exitStatus == .exited(2))
                #expect(examined.text.contains("no sentinel answers"), "\(examined.text)")
            }
        }

        @Test func `the doctor and inspect find the primary by the sentinels`() async throws {
            var options = Self.options
            options.nodes = 1
            try await Cluster.withSentinels(options) { cluster, _ in
                let node = cluster.nodes[0]
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.addEventually(0, at: 0, within: .seconds(20))
                    let stored = try await node.inspect(traffic.carts[0].text)
                    #expect(stored.exitStatus == .exited(0), "\(stored.text)")
                }
                #expect(checkResult.holds, "\(checkResult)")
                let report = try await node.doctor()
                let finding = "A primary without replicas accepts changes"
                #expect(report.text.contains(finding), "\(report.text)")
                let metrics = await cluster.ask("metrics", at: node)?.text ?? ""
                #expect(metrics.contains(#"cart_sentinels{state="known"} 3"#))
            }
        }
    }
}
