import CartWorkload
import ClusterTesting
import Testing

extension FailoverTests {
    /// A node, or a part of a node, gets too little processor time.
    @Suite struct StarvationTests {
        @Test func `a node that stands still four fifths of the time harms nobody`() async throws {
            var options = Cluster.Options()
            options.nodes = 3
            try await survive("starved", options) { traffic in
                try await traffic.cluster.inject(
                    ScheduledFault(.node(.starved), node: 0, length: .seconds(4))
                )
            }
        }

        #if DEBUG
        @Test func `heartbeats that leave late cost nothing while the lease lasts, and the session after it`()
            async throws
        {
            let lease = Lease.short
            let cases: [(delay: Duration, costs: Bool)] = [
                (lease.length * 0.3, false), (lease.length * 1.5, true),
            ]
            await sideBySide(cases) { delay, costs in
                var options = Cluster.Options()
                options.nodes = 3
                options.failpoints = {
                    $0 == 0 ? "heartbeat.sending@9-11=stall:\(delay.asSetting)" : nil
                }
                let survival = try await survive("heartbeats \(delay.inShort) late", options) { traffic in
                    try await traffic.clock.sleep(for: delay * 3 + lease.heartbeat * 9)
                }
                #expect(survival.logs[0].contains("session over") == costs)
            }
        }

        @Test func `a node whose requests are stuck keeps its session, and serves when they are not`()
            async throws
        {
            let stuck = Lease.short.length * 2
            var options = Cluster.Options()
            options.nodes = 3
            options.failpoints = { $0 == 0 ? Cluster.stuckRequests(from: 300, for: stuck) : nil }
            let survival = try await survive("requests stuck", options) { traffic in
                let node = traffic.cluster.nodes[0]
                try await eventually(within: .seconds(15), "\(node.name) does not answer") {
                    await traffic.cluster.ask("livez", at: node) == nil
                }
                try await traffic.cluster.ready(node, within: stuck + .seconds(3))
            }
            #expect(!survival.logs[0].contains("session over"))
        }
        #endif
    }
}
