import Doctor
import NodeConfiguration
import RedisClient
import Testing

/// The check of the sentinels.
@Suite struct SentinelCheckTests {
    /// What sentinels say that are as they should be.
    private static let fields = [
        "quorum": "2", "num-slaves": "2", "down-after-milliseconds": "2000", "failover-timeout": "2000",
    ]

    /// Sentinels that agree with each other.
    private static func sentinels(
        known: Int = 3,
        answering: Int = 3,
        _ change: [String: String] = [:]
    ) -> PrimaryDiscovery {
        let now = ContinuousClock.now
        let places = (0..<known).map { ServerAddress(host: "sentinel-\($0)", port: 26_379) }
        var discovery = PrimaryDiscovery(seeds: places)
        for place in places.prefix(answering) {
            var answer = SentinelAnswer(
                id: place.host,
                primary: ServerAddress(host: "redis", port: 6379),
                epoch: 1,
                otherCount: known - 1
            )
            answer.fields = fields.merging(change) { $1 }
            _ = discovery.take(answer, from: place, askedAt: now, now: now)
        }
        return discovery
    }

    private static func with(
        _ description: String,
        _ sentinels: PrimaryDiscovery,
        gives expected: String...,
        change: @escaping @Sendable (inout Facts) -> Void = { _ in }
    ) -> CheckCase {
        CheckCase(description, all: expected) { facts in
            facts.sentinels = sentinels
            facts.node.settings.lease.length = .seconds(10)
            facts.node.settings.shutdown.drainBudget = .seconds(35)
            facts.redis {
                $0.settings["min-replicas-to-write"] = "1"
                $0.info["connected_slaves"] = "2"
            }
            // Its sessions have the usual lease.
            facts.cluster = nil
            change(&facts)
        }
    }

    private static let cases = [
        with("all is well", sentinels()),
        with("one answers", sentinels(answering: 1), gives: "error sentinels"),
        with("two answer", sentinels(answering: 2), gives: "warning sentinels"),
        with("there are two", sentinels(known: 2, answering: 2), gives: "warning sentinels"),
        with("the quorum is out of reach", sentinels(["quorum": "4"]), gives: "error sentinels"),
        with("no replica", sentinels(["num-slaves": "0"]), gives: "error sentinels"),
        // And a second one that they do not know.
        with("one replica", sentinels(["num-slaves": "1"]), gives: "warning sentinels", "warning sentinels"),
        with("a replica that the sentinels do not know", sentinels(), gives: "warning sentinels") { facts in
            facts.redis { $0.info["connected_slaves"] = "3" }
        },
        with(
            "three replicas of which one confirms",
            sentinels(["num-slaves": "3"]),
            gives: "error sentinels"
        ),
        with("three replicas of which two confirm", sentinels(["num-slaves": "3"])) {
            $0.node.settings.redis.replicas = 2
        },
        with("four replicas of which two confirm", sentinels(["num-slaves": "4"])) {
            $0.node.settings.redis.replicas = 2
        },
        with(
            "an absurd number of replicas",
            sentinels(["num-slaves": "\(Int64.max)"]),
            gives: "error sentinels"
        ),
        with(
            "a failed election that is retried late",
            sentinels(["failover-timeout": "10000"]),
            gives: "warning sentinels"
        ),
        with("a copy that waits for others", sentinels(), gives: "warning sentinels") { facts in
            facts.redis { $0.settings["repl-diskless-sync-delay"] = "5" }
        },
        with("a copy by the disk, which waits for nobody", sentinels()) { facts in
            facts.redis {
                $0.settings["repl-diskless-sync-delay"] = "5"
                $0.settings["repl-diskless-sync"] = "no"
            }
        },
        with("a longer lease", sentinels(["failover-timeout": "10000"])) { facts in
            facts.node.settings.lease.length = .seconds(30)
            facts.node.settings.shutdown.drainBudget = .seconds(95)
        },
        with(
            "a patience of 30 s",
            sentinels(["down-after-milliseconds": "30000"]),
            gives: "warning sentinels"
        ),
        with(
            "an absurd patience",
            sentinels(["down-after-milliseconds": "\(Int64.max)"]),
            gives: "warning sentinels"
        ),
        with(
            "fields that are no numbers",
            sentinels(["quorum": "x", "num-slaves": "-"]),
            gives: "error sentinels"
        ),
        with("nobody confirms", sentinels(), gives: "warning sentinels", "note replicas") {
            $0.node.settings.redis.replicas = 0
        },
        with("a primary without replicas goes on", sentinels(), gives: "note sentinels") { facts in
            facts.redis { $0.settings["min-replicas-to-write"] = "0" }
        },
    ]

    @Test(arguments: cases) func `it says what is wrong, and no more`(_ wrong: CheckCase) {
        wrong.check()
    }
}
