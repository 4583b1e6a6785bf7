import RedisClient
import ServerTesting
import StoreTesting
import Testing

@testable import RedisActorStore

/// Whether the primaries of a cluster are suitable.
@Suite struct ClusterCompatibilityTests {
    private func properties(
        append: Bool = true,
        timeout: String? = "5000",
        settings: [String: String] = [:]
    ) -> RedisServerProperties {
        let info = """
            redis_version:7.0.15
            redis_mode:cluster
            maxmemory_policy:noeviction
            connected_slaves:1
            aof_enabled:\(append ? 1 : 0)
            """
        var settings = settings
        settings["appendfsync"] = "always"
        settings["cluster-node-timeout"] = timeout
        return RedisServerProperties(info: info, settings: settings)
    }

    @Test func `the least durable server and the longest node timeout count`() throws {
        let servers = [("a:1", properties()), ("b:2", properties(append: false, timeout: "7000"))]
        guard case .admitted(let tier, let timeout, let warnings) = ClusterCompatibility(servers) else {
            Issue.record("refused")
            return
        }
        #expect(tier.append == .off && tier.connectedReplicas == 1)
        #expect(timeout == .seconds(7) && warnings.isEmpty)
        guard case .admitted(_, nil, _) = ClusterCompatibility(servers + [("c:3", properties(timeout: nil))])
        else {
            Issue.record("a timeout that is not told")
            return
        }
        #expect(ClusterCompatibility([]) == nil)
    }

    @Test func `a server that answers when it is cut off is refused, and named`() {
        let reckless = properties(settings: ["cluster-allow-reads-when-down": "yes"])
        let found = ClusterCompatibility([("a:1", properties()), ("b:2", reckless)])
        #expect(found == .refused(.readsWhenDown, server: "b:2"))
    }

    @Test func `a warning of several servers is given once`() {
        let strict = properties(settings: ["cluster-require-full-coverage": "yes"])
        guard case .admitted(_, _, let warnings) = ClusterCompatibility([("a:1", strict), ("b:2", strict)])
        else {
            Issue.record("refused")
            return
        }
        #expect(warnings.count == 1 && warnings[0].contains("cluster-require-full-coverage"))
    }

    @Test func `a real cluster is admitted, and tells its node timeout`() async throws {
        var options = RedisClusterFixture.Options()
        (options.primaries, options.replicasOfEach, options.append) = (1, 0, .everysec)
        try await RedisClusterFixture.with(options) { cluster in
            try await RedisClusterConnection.with(cluster) { connection in
                let found = try await ClusterCompatibility.check(connection.client, cluster: .standard)
                guard case .admitted(let tier, let timeout, let warnings) = found else {
                    Issue.record("\(found)")
                    return
                }
                #expect(tier.append == .everySecond && timeout == options.nodeTimeout)
                #expect(warnings.allSatisfy { $0.contains("MISCONF") })
            }
        }
    }

    @Test func `in a cluster the documented user needs some more rights, and each of them`() async throws {
        let more = [
            "get", "set", "asking", "spublish", "ssubscribe", "sunsubscribe", "cluster|info", "cluster|myid",
            "cluster|nodes", "cluster|slots",
        ]
        var options = RedisClusterFixture.Options()
        (options.primaries, options.replicasOfEach) = (1, 0)
        try await RedisClusterFixture.with(options) { cluster in
            let server = cluster.members[0].server
            let rule = try RedisServerFixture.documentedUser() + more.map { "+\($0)" }
            #expect(server.command(["ACL"] + rule) == "+OK\r\n")
            try await RedisClusterConnection.with(cluster, as: "cart:PASSWORD") { connection in
                let client = try await connection.client(of: cluster.members[0])
                let rights = RedisRights(cluster: .standard, replicas: 0, inCluster: true)
                #expect(try await rights.missing(from: client).isEmpty)
                for right in more {
                    server.command("ACL", "SETUSER", "cart", "-" + right)
                    let name = right.uppercased().split(separator: "|").joined(separator: " ")
                    let missing = try await rights.missing(from: client)
                    #expect(missing.count == 1 && missing[0].hasPrefix(name), "\(right): \(missing)")
                    server.command("ACL", "SETUSER", "cart", "+" + right)
                }
            }
        }
    }
}
