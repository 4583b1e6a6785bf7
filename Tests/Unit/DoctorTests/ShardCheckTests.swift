import Doctor
import NodeConfiguration
import RedisClient
import Testing

/// The check of the servers of a Redis Cluster, and the checks of each of them.
@Suite struct ShardCheckTests {
    private static func with(
        _ description: String,
        gives expected: String...,
        change: @escaping @Sendable (inout Facts) -> Void = { _ in }
    ) -> CheckCase {
        CheckCase(description, all: expected) { facts in
            facts.node.settings.lease.length = .seconds(20)
            facts.node.settings.shutdown.drainBudget = .seconds(55)
            facts.redis {
                $0.settings["cluster-node-timeout"] = "15000"
                $0.info["connected_slaves"] = "1"
            }
            var shards = ShardFacts()
            shards.primaries = 3
            if let redis = facts.redis {
                var other = redis
                other.server.address = "10.0.0.2:6379"
                shards.others = [other, other]
            }
            facts.shards = shards
            // Its sessions have the usual lease.
            facts.cluster = nil
            change(&facts)
        }
    }

    private static let cases = [
        with("all is well"),
        with("slots have no server", gives: "error shards") { $0.shards?.unservedSlots = 5_461 },
        with("a primary is silent", gives: "error shards") {
            $0.shards?.unreachable = ["10.0.0.3:6379: silence"]
        },
        with("there are two primaries", gives: "warning shards") { $0.shards?.primaries = 2 },
        with("a primary has no replica", gives: "warning shards") {
            $0.shards?.others[0].info["connected_slaves"] = "0"
        },
        with("one answers when it is cut off", gives: "error shards") {
            $0.shards?.others[1].settings["cluster-allow-reads-when-down"] = "yes"
        },
        with("one slot stops all", gives: "warning shards") {
            $0.shards?.others[1].settings["cluster-require-full-coverage"] = "yes"
        },
        with("the lease is as short as a fail-over", gives: "warning shards") {
            $0.node.settings.lease.length = .milliseconds(18_500)
        },
        with("one has a longer node timeout", gives: "warning shards") {
            $0.shards?.others[1].settings["cluster-node-timeout"] = "20000"
        },
        with("another server evicts", gives: "error eviction") {
            $0.shards?.others[1].info["maxmemory_policy"] = "allkeys-lru"
        },
    ]

    @Test(arguments: cases) func `a server of a Redis Cluster is judged`(_ it: CheckCase) { it.check() }

    @Test func `what another server has is told with its address, and what both have once`() throws {
        var facts = Facts.healthy
        Self.with("all is well").change(&facts)
        for number in 0..<2 { facts.shards?.others[number].info["maxmemory_policy"] = "allkeys-lru" }
        let report = Report(redis: "", cluster: "cart", facts: facts)
        let findings = report.findings.filter { $0.check == "eviction" && $0.level == .error }
        #expect(findings.count == 1)
        #expect(findings.first?.what.hasPrefix("At 10.0.0.2:6379: ") == true)
    }
}
