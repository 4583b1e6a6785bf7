import CartWorkload
import ClusterTesting
import Testing

extension FailoverTests {
    @Suite struct DrainTests {
        /// Nodes that wait while they leave, because a gateway needs a moment to see it.
        private static func options(nodes: Int) -> Cluster.Options {
            var options = Cluster.Options()
            options.nodes = nodes
            options.isAlone = true
            options.settings = ["--lame-duck", "500ms"]
            return options
        }

        @Test
        func `a node that is told to leave fails no request and its carts are served elsewhere at once`()
            async throws
        {
            let survival = try await survive("left", Self.options(nodes: 2), behindGateway: true) { traffic in
                let (owner, other) = (traffic.cluster.nodes[0], traffic.cluster.nodes[1])
                for cart in 0..<traffic.plan.carts { await traffic.add(cart, at: 0) }
                owner.terminate()
                let began = traffic.clock.now
                for cart in 0..<traffic.plan.carts {
                    try await eventually(within: .seconds(2), "cart \(cart) is at \(other.name)") {
                        await traffic.add(cart, at: 1).owner == other.name
                    }
                }
                print(
                    "all carts of a leaving node were elsewhere after \((traffic.clock.now - began).inShort)"
                )
                #expect(try await owner.end(within: .seconds(20)) == .exited(0))
                print("left after \((traffic.clock.now - began).inShort)")
                try owner.start()
                try await traffic.cluster.ready(owner)
            }
            Self.expectNoFailure(survival)
        }

        @Test func `a second signal while a node leaves does no harm`() async throws {
            try await survive("a second SIGTERM", Self.options(nodes: 2)) { traffic in
                let owner = traffic.cluster.nodes[0]
                owner.terminate()
                try await eventually(within: .seconds(5), "\(owner.name) is leaving") {
                    await traffic.cluster.ask("readyz", at: owner)?.status != 200
                }
                owner.terminate()
                let exitStatus = try await owner.end(within: .seconds(20))
                print("after a second SIGTERM: \(exitStatus.map { "\($0)" } ?? "nothing")")
                try await traffic.recovered(at: [1])
                try owner.start()
                try await traffic.cluster.ready(owner)
            }
        }

        @Test func `a closed terminal drains a node, and a broken pipe does not end it`() async throws {
            let survival = try await survive("hung up", Self.options(nodes: 2), behindGateway: true) {
                traffic in
                let (owner, other) = (traffic.cluster.nodes[0], traffic.cluster.nodes[1])
                for cart in 0..<traffic.plan.carts { await traffic.add(cart, at: 0) }
                owner.breakPipe()
                other.breakPipe()
                owner.hangUp()
                #expect(try await owner.end(within: .seconds(20)) == .exited(0))
                for cart in 0..<traffic.plan.carts { await traffic.add(cart, at: 1) }
                #expect(other.ended == nil)
                try owner.start()
                try await traffic.cluster.ready(owner)
            }
            Self.expectNoFailure(survival)
        }

        @Test func `a node that was started with nohup outlives its terminal`() async throws {
            var options = Self.options(nodes: 1)
            options.starts = false
            options.settings += ["--log-level", "debug"]
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                try node.start(through: "/usr/bin/nohup")
                try await cluster.ready(node)
                node.hangUp()
                try await RawHTTPClient.with(cluster) { #expect(await $0.create("a", at: 0).status == 201) }
                node.terminate()
                #expect(try await node.end(within: .seconds(20)) == .exited(0))
                let caught = node.log.split(separator: "\n").filter { $0.contains("Signal caught") }
                #expect(caught.count == 1 && caught[0].contains("SIGTERM"), "\(caught)")
            }
        }

        @Test func `nodes that are redeployed one after the other fail no request`() async throws {
            let survival = try await survive("redeployed", Self.options(nodes: 3), behindGateway: true) {
                traffic in
                for node in traffic.cluster.nodes {
                    node.terminate()
                    #expect(try await node.end(within: .seconds(20)) == .exited(0))
                    try node.start()
                    try await traffic.cluster.ready(node)
                    // The gateway needs a moment to see that the node is back.
                    try await traffic.clock.sleep(for: .milliseconds(200))
                }
            }
            Self.expectNoFailure(survival)
        }

        private static func expectNoFailure(_ survival: Survival) {
            let failed = survival.attempts.filter { $0.outcome != .done && $0.outcome != .rejected }
            #expect(failed.isEmpty, "\(failed.count), the first of them \(failed.prefix(3))")
        }
    }
}
