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

        /// Opens a connection from a loopback address, and returns once the node has had it for a while or has
        /// closed it.
        private func connect(to port: Int, from source: String) async throws -> any Channel {
            try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(to: SocketAddress(ipAddress: source, port: 0))
                .connect(host: "127.0.0.1", port: port).get()
        }

        private func expectClosed(_ channel: any Channel, _ comment: Comment) async throws {
            try await eventually(within: .seconds(5), "\(comment)") { !channel.isActive }
        }

        @Test func `the ports for carts share a limit, and each address has one of its own`() async throws {
            try await withNode(["--connections-limit", "4", "--connections-per-address", "2"]) {
                cluster,
                node in
                let (here, there) = ("127.0.0.7", "127.0.0.8")
                let http = try await connect(to: node.httpPort, from: here)
                let grpc = try await connect(to: node.grpcPort, from: here)
                // Another port, and the same address.
                try await expectClosed(connect(to: node.retailPort, from: here), "a third from one address")
                try await expectClosed(connect(to: node.grpcPort, from: here), "a third from one address")
                let others = [
                    try await connect(to: node.retailPort, from: there),
                    try await connect(to: node.httpPort, from: there),
                ]
                try await expectClosed(connect(to: node.httpPort, from: "127.0.0.9"), "a fifth in all")
                try await expectClosed(connect(to: node.grpcPort, from: "127.0.0.9"), "a fifth in all")
                for channel in [http, grpc] + others { #expect(channel.isActive) }
                // The operations port has limits of its own.
                #expect(await cluster.ask("readyz", at: node)?.status == 200)
                #expect(node.log.contains("a connection was refused"), "\(node.log)")
                for channel in [http, grpc] + others { try await channel.close() }
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
                let (here, there) = ("127.0.0.7", "127.0.0.8")
                // The test's own client keeps a connection from 127.0.0.1.
                #expect(await cluster.ask("readyz", at: node)?.status == 200)
                let first = try await connect(to: node.opsPort, from: here)
                let second = try await connect(to: node.opsPort, from: here)
                try await expectClosed(connect(to: node.opsPort, from: here), "a third from one address")
                try await expectClosed(connect(to: node.opsPort, from: there), "a fourth in all")
                #expect(first.isActive && second.isActive)
                try await RawHTTPClient.with(cluster) { #expect(await $0.create("a", at: 0).status == 201) }
                try await first.close()
                try await second.close()
            }
        }
    }
}
