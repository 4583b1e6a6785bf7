import ClusterTesting
import NIOCore
import NIOPosix
import Testing

extension FailoverTests {
    @Suite struct ConnectionLimitTests {
        /// Runs a test with one node under such limits.
        private func withNode(
            _ settings: [String],
            _ body: (_ cluster: Cluster, _ node: NodeProcess) async throws -> Void
        ) async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.settings = settings
            try await Cluster.with(options) { try await body($0, $0.nodes[0]) }
        }

        /// Opens connections from a loopback address, and returns those that the node keeps once it has closed as
        /// many as it must. It need not take them up in the order of their opening.
        private func connect(to ports: [Int], from source: String, closing count: Int) async throws
            -> [any Channel]
        {
            var channels: [any Channel] = []
            for port in ports {
                channels.append(
                    try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                        .bind(to: SocketAddress(ipAddress: source, port: 0))
                        .connect(host: "127.0.0.1", port: port).get()
                )
            }
            try await eventually(within: .seconds(5), "\(count) connections from \(source) are closed") {
                channels.count { !$0.isActive } >= count
            }
            let kept = channels.filter(\.isActive)
            #expect(kept.count == ports.count - count)
            return kept
        }

        @Test func `the ports for carts share a limit, and each address has one of its own`() async throws {
            try await withNode(["--connections-limit", "4", "--connections-per-address", "2"]) {
                cluster,
                node in
                let ports = [node.httpPort, node.grpcPort, node.retailPort]
                let kept =
                    try await connect(to: ports + [node.grpcPort], from: "127.0.0.7", closing: 2)
                    + connect(to: ports, from: "127.0.0.8", closing: 1)
                // The four that all have together.
                let beyond = try await connect(to: ports, from: "127.0.0.9", closing: 3)
                #expect(beyond.isEmpty && kept.allSatisfy(\.isActive))
                // The operations port has limits of its own.
                #expect(await cluster.ask("readyz", at: node)?.status == 200)
                #expect(node.log.contains("a connection was refused"), "\(node.log)")
                for channel in kept { try await channel.close() }
                try await RawHTTPClient.with(cluster) { rawClient in
                    try await eventually(within: .seconds(5), "there is room again") {
                        await rawClient.create("a", at: 0).status == 201
                    }
                }
            }
        }

        @Test func `the operations port has a limit of its own, and carts are served beyond it`() async throws
        {
            try await withNode(["--ops-connections-limit", "3", "--ops-connections-per-address", "2"]) {
                cluster,
                node in
                // The test's own client keeps a connection from 127.0.0.1.
                #expect(await cluster.ask("readyz", at: node)?.status == 200)
                let ports = [node.opsPort, node.opsPort, node.opsPort]
                let kept = try await connect(to: ports, from: "127.0.0.7", closing: 1)
                let beyond = try await connect(to: [node.opsPort], from: "127.0.0.8", closing: 1)
                #expect(beyond.isEmpty && kept.allSatisfy(\.isActive))
                try await RawHTTPClient.with(cluster) { #expect(await $0.create("a", at: 0).status == 201) }
                for channel in kept { try await channel.close() }
            }
        }
    }
}
