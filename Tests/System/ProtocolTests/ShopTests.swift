import ClusterTesting
import Foundation
import ServerTesting
import Testing

/// The demo shops' own clients against real nodes.
@Suite struct ShopTests {
    private static func address(_ node: NodeProcess) -> String { "127.0.0.1:\(node.grpcPort)" }

    @Test func `what the shops' published tests ask for holds, and what their probes ask for`() async throws {
        var options = Cluster.Options()
        options.nodes = 1
        try await Cluster.with(options) { cluster in
            let node = cluster.nodes[0]
            try await ClientScript("published.py", [Self.address(node)], in: cluster.home).end(
                within: .seconds(30)
            )
            let retail = try ClientScript(
                "retail.sh",
                ["http://127.0.0.1:\(node.retailPort)"],
                in: cluster.home
            )
            try await retail.end(within: .seconds(30))
        }
    }

    @Test(arguments: [false, true])
    func `sixteen clients on one cart through three nodes count right while nodes die and leave`(
        behindGateway: Bool
    ) async throws {
        var options = Cluster.Options()
        options.nodes = 3
        // Sixteen clients take all processor time.
        options.isAlone = true
        options.settings = ["--lines-limit", "9", "--quantity-limit", "1000000", "--lame-duck", "500ms"]
        try await Cluster.with(options) { cluster in
            guard behindGateway else {
                return try await Self.count(cluster, through: cluster.nodes.map(Self.address))
            }
            try await Self.withGateway(cluster) { try await Self.count(cluster, through: [$0]) }
        }
    }

    /// Kills two nodes and tells one to leave while the clients add. Each node comes back.
    private static func count(_ cluster: Cluster, through addresses: [String]) async throws {
        let flows = "\(cluster.home)/flows"
        let crowd = try ClientScript("crowd.py", [flows, "12", "16"] + addresses, in: cluster.home)
        let clock = ContinuousClock()
        try await eventually(within: .seconds(30), "calls flow\n\(crowd.output)") {
            FileManager.default.fileExists(atPath: flows)
        }
        try await clock.sleep(for: .seconds(1))
        for node in cluster.nodes.prefix(2) {
            try await node.kill()
            try await clock.sleep(for: .milliseconds(500))
            try node.start()
            try await cluster.ready(node)
        }
        let last = cluster.nodes[2]
        last.terminate()
        #expect(try await last.end(within: .seconds(15)) == .exited(0))
        try last.start()
        try await cluster.ready(last)
        try await crowd.end(within: .seconds(60))
    }

    /// Runs `body` with the address of a gateway before the nodes, configured as in `deploy/cluster`.
    private static func withGateway(_ cluster: Cluster, _ body: (String) async throws -> Void) async throws {
        let (http, grpc) = (try FreePort.find(), try FreePort.find())
        let nodes = cluster.nodes.map { "\($0.httpPort):\($0.grpcPort):\($0.opsPort)" }
        let file = "\(cluster.home)/haproxy.cfg"
        let gateway = try ClientScript("gateway.sh", [file, "\(http)", "\(grpc)"] + nodes, in: cluster.home)
        var failure: (any Error)?
        do {
            try await body("127.0.0.1:\(grpc)")
        } catch {
            failure = error
        }
        try await gateway.stop()
        if let failure { throw failure }
    }

    @Test func `a Redis that stands still makes a node unready, and fails no probe that would restart it`()
        async throws
    {
        var options = Cluster.Options()
        options.nodes = 1
        try await Cluster.with(options) { cluster in
            let node = cluster.nodes[0]
            let (ready, unready) = ("\(cluster.home)/ready", "\(cluster.home)/unready")
            let probes = try ClientScript(
                "probes.py",
                [Self.address(node), "20", ready, unready],
                in: cluster.home
            )
            try await eventually(within: .seconds(15), "the node is ready\n\(probes.output)") {
                FileManager.default.fileExists(atPath: ready)
            }
            cluster.redis.pause()
            try await eventually(within: .seconds(15), "the node is unready\n\(probes.output)") {
                FileManager.default.fileExists(atPath: unready)
            }
            try await ContinuousClock().sleep(for: cluster.lease.length)
            cluster.redis.resume()
            try await probes.end(within: .seconds(30))
            #expect(node.ended == nil)
        }
    }

    @Test func `a node that leaves finishes the calls that it has, and tells who watches`() async throws {
        var options = Cluster.Options()
        options.isAlone = true
        options.settings = ["--lame-duck", "1s"]
        try await Cluster.with(options) { cluster in
            let node = cluster.nodes[0]
            let flows = "\(cluster.home)/flows"
            let clients = try ClientScript("leaving.py", [Self.address(node), flows], in: cluster.home)
            try await eventually(within: .seconds(20), "calls flow\n\(clients.output)") {
                FileManager.default.fileExists(atPath: flows)
            }
            node.terminate()
            #expect(try await node.end(within: .seconds(15)) == .exited(0))
            try await clients.end(within: .seconds(15))
        }
    }
}
