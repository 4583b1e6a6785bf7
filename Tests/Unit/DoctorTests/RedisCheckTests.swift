import Doctor
import NodeConfiguration
import RedisActorStore
import RedisClient
import Testing

/// Each check of Redis: what is right says nothing, and what is wrong says what it should, and no more.
@Suite struct RedisCheckTests {
    @Test func `with healthy facts there is nothing above ok, and every level is counted`() {
        let report = Report(redis: "redis", cluster: "cart", facts: .healthy)
        #expect(report.findings.filter { $0.level > .ok } == [])
        #expect(report.exitCode == 0)
        #expect(report.summary == "0 errors, 0 warnings, 0 notes")
        #expect(report.count(.ok) > 10)
    }

    private static let reach = [
        CheckCase("no server", "error reach") { unreached(.silence, &$0) },
        CheckCase("a wrong password", "error reach") { unreached(.password, &$0) },
        CheckCase("a replica", "error reach") { unreached(.replica, &$0) },
        CheckCase("a Sentinel", "error reach") { unreached(.unsupported, &$0) },
        CheckCase("no majority of sentinels", "error reach") { unreached(.sentinels, &$0) },
        CheckCase("a busy server", "error reach") { unreached(.busy, &$0) },
        CheckCase("no file", "error reach") { unreached(.file, &$0) },
        .redis("no right to INFO", "note untold") {
            $0.info = [:]
            $0.refusals = [Refusal("INFO", of: "its state", reason: "NOPERM no")]
        },
        .redis("no right to CONFIG", "note untold") {
            $0.settings = [:]
            $0.refusals = [Refusal("CONFIG GET", of: "its settings", reason: "NOPERM no")]
        },
        .redis("no answer to INFO", "error untold") {
            $0.info = [:]
            $0.refusals = [Refusal("INFO", of: "its state", reason: "no reply in time", isReply: false)]
        },
        .redis("a script that hangs", "note untold", "error scripts") {
            $0.refusals = [Refusal("INFO", of: "its state", reason: "BUSY Redis is busy")]
        },
    ]

    private static func unreached(_ kind: Unreachability.Kind, _ facts: inout Facts) {
        facts.redis = nil
        facts.cluster = nil
        facts.unreachable = Unreachability(kind, reason: "some reason")
    }

    private static let versions: [CheckCase] = [
        .info("redis_version", nil, gives: "error version"),
        .info("redis_version", "nonsense", gives: "error version"),
        .info("redis_version", "6.2.20", gives: "error version"),
        .info("redis_version", "7.0.15", gives: "warning vulnerabilities"),
        .info("redis_version", "8.2.1", gives: "warning vulnerabilities"),
        .info("redis_version", "9.0.0"),
        .redis("7.0.15 from a package", "note vulnerabilities") {
            $0.info["redis_version"] = "7.0.15"
            $0.info["executable"] = "/usr/bin/redis-server"
        },
        .redis("an old Valkey", "warning vulnerabilities") {
            $0.info["redis_version"] = "7.2.4"
            $0.info["valkey_version"] = "8.0.5"
        },
        .redis("a new Valkey") {
            $0.info["redis_version"] = "7.2.4"
            $0.info["valkey_version"] = "9.1.1"
        },
    ]

    private static let durability: [CheckCase] = [
        .info("aof_enabled", "0", gives: "warning persistence"),
        .redis("snapshots only", "warning persistence") {
            $0.info["aof_enabled"] = "0"
            $0.settings["save"] = "3600 1"
        },
        .setting("appendfsync", "no", gives: "warning persistence"),
        .setting("appendfsync", "everysec"),
        .setting("no-appendfsync-on-rewrite", "yes", gives: "warning persistence"),
        .info("aof_last_write_status", "err", gives: "error background-save"),
        .info("aof_last_bgrewrite_status", "err", gives: "warning background-save"),
        .info("rdb_last_bgsave_status", "err"),
        .redis("saves that stop writes", "warning background-save") {
            $0.settings["save"] = "3600 1"
            $0.settings["stop-writes-on-bgsave-error"] = "yes"
        },
        .redis("a failed save that stops writes", "error background-save") {
            $0.settings["save"] = "3600 1"
            $0.settings["stop-writes-on-bgsave-error"] = "yes"
            $0.info["rdb_last_bgsave_status"] = "err"
        },
        .redis("a failed save of a server that tells no settings", "error background-save") {
            $0.settings = [:]
            $0.info["rdb_last_bgsave_status"] = "err"
        },
    ]

    private static let memory: [CheckCase] = [
        .info("maxmemory_policy", "allkeys-lru", gives: "error eviction"),
        .info("maxmemory_policy", nil, gives: "error eviction"),
        .info("evicted_keys", "3", gives: "warning eviction"),
        .info("maxmemory", "0", gives: "note memory"),
        .redis("most of the machine's memory", "warning memory") {
            $0.info["maxmemory"] = "0"
            $0.info["used_memory"] = "7000000000"
        },
        .info("used_memory", "950000000", gives: "warning memory"),
        .info("used_memory", "1000000000", gives: "error memory"),
        .redis("growth that soon fills it", "warning memory") { $0.laterMemory = 13_000_000 },
        .redis("buffers that come and go") { $0.laterMemory = 10_900_000 },
        .info("latest_fork_usec", "150000", gives: "note fork"),
        .info("latest_fork_usec", "1000000", gives: "warning fork"),
        .setting("disable-thp", "no", gives: "note huge-pages"),
        CheckCase("huge pages on this machine", "warning huge-pages") { facts in
            facts.node.forcesHugePages = true
            facts.redis { $0.settings["disable-thp"] = "no" }
        },
        .redis("many keys, freed at once", "note lazy-free") {
            $0.info["db0"] = "keys=2000000,expires=2,avg_ttl=0"
        },
        .info("lazyfree_pending_objects", "200000", gives: "note lazy-free"),
    ]

    private static let replication: [CheckCase] = [
        .info("connected_slaves", "0", gives: "error replicas"),
        CheckCase("no replica, and none wanted", "note replicas") { facts in
            facts.node.settings.redis.replicas = 0
            facts.redis { $0.info["connected_slaves"] = "0" }
        },
        CheckCase("a replica for which nobody waits", "note replicas") {
            $0.node.settings.redis.replicas = 0
        },
        .setting("min-replicas-to-write", "1", gives: "warning min-replicas"),
        .setting("min-replicas-to-write", "2", gives: "error min-replicas"),
        .redis("one replica to spare") {
            $0.info["connected_slaves"] = "2"
            $0.settings["min-replicas-to-write"] = "1"
        },
    ]

    private static let access: [CheckCase] = [
        .redis("a missing right", "error rights") { $0.missingRights = ["HSET cart:{0}"] },
        .redis("plain TCP without a password", "warning encryption", "warning authentication") {
            $0.server = ServerFacts(RedisConfiguration(address: .tcp(host: "redis", port: 6_379)))
        },
        .redis("plain TCP with a password", "warning encryption") {
            $0.server = remote { $0.password = Secret("p") }
        },
        .redis("TLS") { $0.server = encrypted(.full) },
        .redis("TLS without the name", "note encryption") { $0.server = encrypted(.certificate) },
        .redis("TLS without a check", "warning encryption") { $0.server = encrypted(.none) },
        .redis("the loopback") {
            $0.server = ServerFacts(RedisConfiguration(address: .tcp(host: "127.0.0.1", port: 1)))
        },
    ]

    private static func encrypted(_ verification: RedisConfiguration.Verification) -> ServerFacts {
        remote {
            $0.password = Secret("p")
            $0.tls = RedisConfiguration.TLS(verification: verification)
        }
    }

    private static func remote(_ change: (inout RedisConfiguration) -> Void) -> ServerFacts {
        var configuration = RedisConfiguration(address: .tcp(host: "redis", port: 6_379))
        change(&configuration)
        return ServerFacts(configuration)
    }

    private static let timing: [CheckCase] = [
        latencies(.milliseconds(12), gives: "note latency"),
        latencies(.milliseconds(600), gives: "warning latency"),
        latencies(.milliseconds(1_000), gives: "error latency"),
        .redis("three slow answers of 200", "warning latency") {
            $0.latencies.replaceSubrange(197..., with: [Duration](repeating: .milliseconds(700), count: 3))
        },
        .redis("a clock that is ahead", "note clock") { $0.clock?.ahead = .seconds(5) },
        .redis("a clock that is behind", "warning clock") { $0.clock?.ahead = .seconds(-100) },
        .redis("a distance within the uncertainty") {
            $0.clock = ClockReading(ahead: .milliseconds(1_200), uncertainty: .milliseconds(600))
        },
        CheckCase("a clock that was set back", "warning clock") { facts in
            facts.cluster { $0.time -= 4_000 * 1_000_000 }
        },
        .setting("busy-reply-threshold", "0", gives: "warning scripts"),
        .setting("busy-reply-threshold", "5000", gives: "note scripts"),
        .redis("an older name") {
            $0.settings["busy-reply-threshold"] = nil
            $0.settings["lua-time-limit"] = "500"
        },
    ]

    private static func latencies(_ time: Duration, gives expected: String) -> CheckCase {
        .redis("answers after \(time)", expected) { $0.latencies = [Duration](repeating: time, count: 200) }
    }

    private static let connections: [CheckCase] = [
        .info("connected_clients", "9995", gives: "warning clients"),
        .info("connected_clients", "8500", gives: "note clients"),
        .info("maxclients", "12", gives: "warning clients"),
        .setting("timeout", "300", gives: "warning client-timeout"),
        CheckCase("a timeout within a heartbeat", "error client-timeout") { facts in
            facts.node.settings.lease.heartbeatInterval = .seconds(1)
            facts.redis { $0.settings["timeout"] = "1" }
        },
        .setting(
            "client-output-buffer-limit",
            "normal 1048576 0 0 pubsub 0 0 0",
            gives: "warning client-buffers"
        ),
        .setting(
            "client-output-buffer-limit",
            "normal 0 0 0 pubsub 4096 0 0",
            gives: "warning client-buffers"
        ),
        .setting("client-output-buffer-limit", "normal 99"),
        .setting("maxmemory-clients", "1gb", gives: "note client-buffers"),
    ]

    private static let names: [CheckCase] = [
        .redis("a list among the carts", "warning keys") {
            $0.keys?.strays = [KeyReading.Stray(type: "list", count: 2, example: "cart:{a}")]
        },
        .redis("the same name in another database", "note databases") { $0.namesakes = [3] },
        CheckCase("a membership of a wrong type", "error keys") { facts in
            facts.cluster {
                $0 = .init()
                $0.keyType = "string"
                $0.time = ClusterFacts.now * 1_000_000
            }
        },
    ]

    @Test(
        arguments: reach + versions + durability + memory + replication + access + timing + connections
            + names
    )
    func `a Redis that is wrong in one way gives that finding`(_ wrong: CheckCase) { wrong.check() }
}
