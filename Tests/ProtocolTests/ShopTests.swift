import ClusterTesting
import Foundation
import Testing

/// The demo shops' own clients against real nodes. One after the other, as each needs the machine for itself.
@Suite(.serialized) struct ShopTests {
    private static func address(_ node: NodeProcess) -> String { "127.0.0.1:\(node.grpcPort)" }

    @Test func `what the shops' published tests ask for holds, and what their probes ask for`() async throws {
        var options = Cluster.Options()
        options.nodes = 1
        try await Cluster.with(options) { cluster in
            let node = cluster.nodes[0]
            try await Client("published.py", [Self.address(node)], in: cluster.home).end(within: .seconds(30))
            let retail = try Client("retail.sh", ["http://127.0.0.1:\(node.retailPort)"], in: cluster.home)
            try await retail.end(within: .seconds(30))
        }
    }

    @Test func `sixteen clients on one cart through three nodes count right while nodes die and leave`()
        async throws
    {
        var options = Cluster.Options()
        options.nodes = 3
        options.settings = ["--lines-limit", "9", "--quantity-limit", "1000000", "--lame-duck", "300ms"]
        try await Cluster.with(options) { cluster in
            let nodes = cluster.nodes
            let crowd = try Client("crowd.py", ["14", "16"] + nodes.map(Self.address), in: cluster.home)
            let clock = ContinuousClock()
            try await clock.sleep(for: .seconds(2))
            for node in nodes.prefix(2) {
                try await node.kill()
                try await clock.sleep(for: .milliseconds(500))
                try node.start()
                try await cluster.ready(node)
            }
            nodes[2].terminate()
            #expect(try await nodes[2].end(within: .seconds(15)) == .exited(0))
            try nodes[2].start()
            try await cluster.ready(nodes[2])
            try await crowd.end(within: .seconds(60))
        }
    }

    @Test func `a node that leaves finishes the calls that it has, and tells who watches`() async throws {
        var options = Cluster.Options()
        options.settings = ["--lame-duck", "1s"]
        try await Cluster.with(options) { cluster in
            let node = cluster.nodes[0]
            let flows = "\(cluster.home)/flows"
            let clients = try Client("leaving.py", [Self.address(node), flows], in: cluster.home)
            try await eventually(within: .seconds(20), "calls flow\n\(clients.said)") {
                FileManager.default.fileExists(atPath: flows)
            }
            node.terminate()
            #expect(try await node.end(within: .seconds(15)) == .exited(0))
            try await clients.end(within: .seconds(15))
        }
    }
}
