/// A Redis Cluster for one test: primaries with their replicas, all of them processes on 127.0.0.1.
///
/// The servers begin with files that tell each of them the whole cluster. A primary needs two seconds after its
/// start before it accepts commands, except for one that is alone at the beginning.
package final class RedisClusterFixture: Sendable {
    package struct Options: Sendable {
        package var primaries = 3
        package var replicasOfEach = 1
        /// Further primaries, without slots and replicas.
        package var spares = 0
        /// `cluster-node-timeout`: a silent primary is replaced after this time and one to two seconds.
        package var nodeTimeout: Duration = .milliseconds(1_500)
        /// `cluster-require-full-coverage`: one slot without a server stops the whole cluster.
        package var requiresFullCoverage = false
        /// The setting `appendfsync` of the append-only files; nil for no such files.
        package var append: RedisServerFixture.Options.Append?
        /// The servers reach each other through proxies, so that some of them can be cut off from the others.
        package var canBeCutOff = false
        /// The program of the servers: a name that the shell finds, or a path.
        package var program = RedisServerFixture.Options.standardProgram
        /// Further settings of all servers, as on the command line.
        package var settings: [String] = []

        package init() {}
    }

    /// A server of the cluster.
    package struct Member: Sendable, Hashable, CustomStringConvertible {
        /// The id of the node: 40 hexadecimal digits.
        package let id: String
        package let server: RedisServerFixture
        package let port: Int

        package var address: String { "127.0.0.1:\(port)" }
        package var description: String { "\(id.prefix(8)) at \(address)" }

        package static func == (a: Member, b: Member) -> Bool { a.id == b.id }
        package func hash(into hasher: inout Hasher) { hasher.combine(id) }
    }

    package static let slotCount = 16_384

    /// The primaries at the beginning, in the order of their slots, which are equal parts; then the replicas, and then
    /// the spares.
    package let members: [Member]
    private let primaryCount: Int
    private let replicasOfEach: Int

    /// The ways to the servers' buses, by the members' numbers; none if they cannot be cut off.
    let proxies: [FaultProxy]

    private init(members: [Member], proxies: [FaultProxy], options: Options) {
        self.members = members
        self.proxies = proxies
        primaryCount = options.primaries
        replicasOfEach = options.replicasOfEach
    }

    /// The primaries at the beginning.
    package var primaries: [Member] { Array(members.prefix(primaryCount)) }

    /// The replicas, at the beginning, of a primary at the beginning.
    package func replicas(of primary: Member) -> [Member] {
        guard let number = primaries.firstIndex(of: primary) else { return [] }
        let first = primaryCount + number * replicasOfEach
        return Array(members[first..<first + replicasOfEach])
    }

    /// The primaries that had no slots at the beginning.
    package var spares: [Member] { Array(members.dropFirst(primaryCount * (1 + replicasOfEach))) }

    /// The URL by which a node finds the cluster. The seeds are the primaries at the beginning.
    package var url: String { "redis+cluster://\(primaries.map(\.address).joined(separator: ","))" }

    /// Runs `body` with a cluster in which everybody knows everybody, all slots are served, and all replicas
    /// follow.
    package static func with<Value>(
        _ options: Options = Options(),
        _ body: (RedisClusterFixture) async throws -> Value
    ) async throws -> Value {
        let plan = try ClusterPlan(options)
        let buses = options.canBeCutOff ? plan.nodes.map { FaultProxy.Upstream.tcp(port: $0.busPort) } : []
        return try await FaultProxy.with(upstreams: buses) { proxies in
            var plan = plan
            plan.announced = proxies.map(\.port)
            return try await start(plan.nodes[...], of: plan, after: []) { members in
                let cluster = RedisClusterFixture(members: members, proxies: proxies, options: options)
                if members.count == 1 { plan.promote(members[0].server) }
                try await cluster.wait("everybody knows everybody") { cluster.isComplete }
                return try await body(cluster)
            }
        }
    }

    private static func start<Value>(
        _ nodes: ArraySlice<ClusterPlan.Node>,
        of plan: ClusterPlan,
        after earlier: [Member],
        _ body: ([Member]) async throws -> Value
    ) async throws -> Value {
        guard let node = nodes.first else { return try await body(earlier) }
        let prepare = { (directory: String) throws -> [String] in
            try plan.write(for: node, into: directory)
            return []
        }
        return try await RedisServerFixture.with(plan.options(of: node), prepare: prepare) { server in
            let member = Member(id: node.id, server: server, port: node.port)
            return try await start(nodes.dropFirst(), of: plan, after: earlier + [member], body)
        }
    }

    private var isComplete: Bool {
        members.allSatisfy { member in
            let view = view(of: member)
            return member.server.command("CLUSTER", "INFO").contains("cluster_state:ok")
                && view.count == members.count && view.allSatisfy { $0.isLinked && !$0.isDoubtful }
        }
            && primaries.allSatisfy { primary in
                let info = primary.server.command("INFO", "replication")
                return (0..<replicasOfEach).allSatisfy { number in
                    info.split(separator: "\r\n").contains {
                        $0.hasPrefix("slave\(number):") && $0.contains("state=online")
                    }
                }
            }
    }

    /// Waits for a condition.
    ///
    /// - Throws: `Failure` after 60 s, with what each server says of the cluster, and the end of its log.
    package func wait(_ condition: String, until holds: () -> Bool) async throws {
        guard try await isTrue(within: .seconds(60), holds) else {
            let views = members.filter(\.server.isAwake).map {
                "\($0):\n\(nodesText(of: $0))\($0.server.log.suffix(300))"
            }
            let text = "not within 60 s: \(condition)\n" + views.joined(separator: "\n")
            throw RedisServerFixture.Failure(description: text)
        }
    }

    /// Waits for a condition for some time; answers whether it holds.
    func isTrue(within time: Duration, _ holds: () -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + time
        while !holds() {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }
}
