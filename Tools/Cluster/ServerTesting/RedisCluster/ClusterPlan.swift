internal import Foundation

/// What the servers of a cluster know of each other before they start.
struct ClusterPlan {
    struct Node {
        let id: String
        let port: Int
        let busPort: Int
        /// Nil for a primary.
        let primary: String?
        /// Distinct for each primary, so that no two have to settle who has the greater one.
        let epoch: Int
        /// The slots of a primary.
        let slots: Range<Int>
    }

    /// The ports at which the servers say that their buses are reached, by the servers' numbers; those of the buses
    /// themselves if empty.
    var announced: [Int] = []

    /// The primaries, then the replicas of each, then primaries without slots.
    let nodes: [Node]
    private let cluster: RedisClusterFixture.Options

    init(_ cluster: RedisClusterFixture.Options) throws {
        self.cluster = cluster
        let count = cluster.primaries
        var nodes: [Node] = []
        for number in 0..<count {
            let slots = (0...1).map { (number + $0) * RedisClusterFixture.slotCount / count }
            nodes.append(try Self.node(nil, epoch: number + 1, slots: slots[0]..<slots[1]))
        }
        for primary in nodes {
            for _ in 0..<cluster.replicasOfEach {
                nodes.append(try Self.node(primary.id, epoch: primary.epoch, slots: 0..<0))
            }
        }
        for number in 0..<cluster.spares {
            nodes.append(try Self.node(nil, epoch: count + number + 1, slots: 0..<0))
        }
        self.nodes = nodes
    }

    private static func node(_ primary: String?, epoch: Int, slots: Range<Int>) throws -> Node {
        Node(
            id: String((0..<40).map { _ in "0123456789abcdef".randomElement() ?? "0" }),
            port: try FreePort.find(),
            busPort: try FreePort.find(),
            primary: primary,
            epoch: epoch,
            slots: slots
        )
    }

    func options(of node: Node) -> RedisServerFixture.Options {
        let number = number(of: node)
        let (seconds, attoseconds) = cluster.nodeTimeout.components
        let timeout = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        var options = RedisServerFixture.Options()
        options.port = node.port
        options.program = cluster.program
        options.append = cluster.append
        options.settings = [
            "--cluster-enabled", "yes", "--cluster-port", "\(node.busPort)",
            "--cluster-node-timeout", "\(timeout)",
            "--cluster-require-full-coverage", cluster.requiresFullCoverage ? "yes" : "no",
            "--cluster-allow-reads-when-down", "no",
            // The tests say who is whose replica.
            "--cluster-allow-replica-migration", "no",
            // Replicas must not wait for others before they get their first copy.
            "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1",
        ]
        if announced.indices.contains(number) {
            options.settings += [
                "--cluster-announce-ip", "127.0.0.1", "--cluster-announce-bus-port", "\(announced[number])",
                "--bind-source-addr", "127.0.1.\(Self.host(number))",
                // In this mode Redis 7.0 takes a replica at any address but 127.0.0.1 for a stranger. The servers
                // listen on that address only.
                "--protected-mode", "no",
            ]
        }
        options.settings += cluster.settings
        return options
    }

    private func number(of node: Node) -> Int { nodes.firstIndex { $0.id == node.id } ?? 0 }

    /// The last number of the address 127.0.1.x from which a server connects to others.
    static func host(_ number: Int) -> UInt8 { UInt8(clamping: number + 1) }

    /// A server that does not exist. One that is alone begins as its replica, and takes its place: a replica need not
    /// wait before it accepts commands.
    private static let phantom = String(repeating: "f", count: 40)

    /// Makes a server that is alone a primary.
    func promote(_ server: RedisServerFixture) {
        server.command("CLUSTER", "FAILOVER", "TAKEOVER")
        server.command("CLUSTER", "FORGET", Self.phantom)
    }

    /// Writes the file in which a server keeps its cluster.
    func write(for own: Node, into directory: String) throws {
        let lines = nodes.count == 1 ? linesOfOne(own) : lines(for: own)
        let end = "vars currentEpoch \(cluster.primaries + cluster.spares) lastVoteEpoch 0"
        let text = (lines + [end]).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: directory + "/nodes.conf"))
    }

    private func linesOfOne(_ own: Node) -> [String] {
        [
            "\(own.id) 127.0.0.1:\(own.port)@\(own.busPort) myself,slave \(Self.phantom) 0 0 1 connected",
            "\(Self.phantom) 127.0.0.1:1@2 master - 0 0 1 connected 0-\(RedisClusterFixture.slotCount - 1)",
        ]
    }

    private func lines(for own: Node) -> [String] {
        nodes.map { node in
            let role = node.primary == nil ? "master" : "slave"
            let number = number(of: node)
            let busPort = announced.indices.contains(number) ? announced[number] : node.busPort
            var words = [
                node.id, "127.0.0.1:\(node.port)@\(busPort)",
                node.id == own.id ? "myself,\(role)" : role,
                node.primary ?? "-", "0", "0", "\(node.epoch)", "connected",
            ]
            if let last = node.slots.last { words.append("\(node.slots.lowerBound)-\(last)") }
            return words.joined(separator: " ")
        }
    }
}
