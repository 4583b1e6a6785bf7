import ActorRuntime
import Ownership
import RedisClient
import ServerTesting
import StoreTesting
import Testing

@testable import RedisActorStore

/// The properties that a server reports, and their consequences. Pure.
@Suite struct RedisServerPropertiesTests {
    private func info(
        version: String? = "7.0.15",
        policy: String? = "noeviction",
        aof: String = "0",
        replicas: String = "0"
    ) -> String {
        var lines = ["# Server"]
        if let version { lines.append("redis_version:\(version)") }
        lines += ["run_id:abc123", "", "# Memory"]
        if let policy { lines.append("maxmemory_policy:\(policy)") }
        lines += [
            "# Persistence", "aof_enabled:\(aof)", "# Replication", "connected_slaves:\(replicas)", "junk",
        ]
        return lines.joined(separator: "\r\n")
    }

    @Test func `every property is found in its line`() {
        let facts = RedisServerProperties(
            info: info(aof: "1", replicas: "2"),
            settings: ["appendfsync": "everysec"]
        )
        #expect(facts.version == "7.0.15")
        #expect(facts.runID == "abc123")
        #expect(facts.evictionPolicy == "noeviction")
        #expect(facts.append == .everySecond)
        #expect(facts.connectedReplicas == 2)
        #expect(facts.product == "Redis 7.0.15")
    }

    @Test func `Valkey is called by its own version, and admitted by that of Redis`() {
        let facts = RedisServerProperties(info: info(version: "7.2.4") + "\r\nvalkey_version:9.1.2")
        #expect(facts.product == "Valkey 9.1.2")
        guard case .admitted(_, "Valkey 9.1.2", _) = RedisCompatibility(facts) else {
            Issue.record("refused")
            return
        }
        let vitals = RedisServerVitals(info: "redis_version:7.2.4\r\nvalkey_version:9.1.2")
        #expect(vitals.version == "Valkey 9.1.2")
    }

    @Test(arguments: [
        "", "#", ":", "redis_version", ":::\r\n\r\n:", "connected_slaves:-3", "connected_slaves:x",
    ])
    func `a text without properties yields none`(_ text: String) {
        let facts = RedisServerProperties(info: text)
        #expect(facts.version == nil && facts.runID == nil && facts.evictionPolicy == nil)
        #expect(facts.append == .off && facts.connectedReplicas == 0)
        #expect(RedisCompatibility(facts) == .refused(.version(nil)))
    }

    @Test(arguments: ["6.2.14", "5.0", "x", "", ".7"])
    func `a server before 7 is refused`(_ version: String) {
        let facts = RedisServerProperties(info: info(version: version))
        #expect(RedisCompatibility(facts) == .refused(.version(version)))
    }

    @Test(arguments: ["7.0.0", "7.4.1", "8.0", "255.255.255"])
    func `a server of version 7 or later is admitted`(_ version: String) {
        guard case .admitted = RedisCompatibility(RedisServerProperties(info: info(version: version))) else {
            Issue.record("refused")
            return
        }
    }

    @Test(arguments: ["allkeys-lru", "volatile-ttl", nil])
    func `a server that may evict is refused`(_ policy: String?) {
        let facts = RedisServerProperties(info: info(policy: policy))
        #expect(RedisCompatibility(facts) == .refused(.evictionPolicy(policy)))
    }

    @Test(
        arguments: [
            ("0", "always", "no append-only file"), ("1", "always", "always"), ("1", "everysec", "everysec"),
            ("1", "no", "flushed by the operating system"), ("1", nil, "flushed by the operating system"),
        ] as [(String, String?, String)]
    )
    func `the line for the log names the tier`(_ aof: String, _ fsync: String?, _ part: String) {
        let facts = RedisServerProperties(
            info: info(aof: aof, replicas: "2"),
            settings: fsync.map { ["appendfsync": $0] } ?? [:]
        )
        guard case .admitted(let tier, _, _) = RedisCompatibility(facts, replicas: 1) else {
            Issue.record("refused")
            return
        }
        #expect(tier.description.contains(part))
        #expect(tier.description.contains("2 connected, 1 must confirm"))
    }

    @Test(arguments: [("sentinel", UnsupportedRedisServer.sentinel), ("cluster", .cluster)])
    func `a server that does not store all keys is refused, whatever its version`(
        _ mode: String,
        _ kind: UnsupportedRedisServer
    ) {
        let facts = RedisServerProperties(info: info(version: nil) + "\r\nredis_mode:\(mode)\r\n")
        #expect(RedisCompatibility(facts) == .refused(.kind(kind)))
    }

    private func warnings(_ lines: String, _ settings: [String: String]) -> [String] {
        RedisServerProperties(info: info() + "\r\n\(lines)\r\n", settings: settings).warnings
    }

    @Test func `a server that refuses changes, or would after a failed save, is warned of`() {
        let usual = ["save": "3600 1", "stop-writes-on-bgsave-error": "yes"]
        let failed = "rdb_last_bgsave_status:err"
        #expect(warnings("", [:]).isEmpty)
        #expect(warnings("", ["save": "", "stop-writes-on-bgsave-error": "yes"]).isEmpty)
        #expect(warnings("", ["save": "3600 1", "stop-writes-on-bgsave-error": "no"]).isEmpty)
        #expect(warnings("", usual).first?.contains("would refuse") == true)
        for settings in [usual, [:]] {
            let now = warnings(failed, settings)
            #expect(now.count == 1 && now.first?.contains("since its last background save") == true)
        }
        #expect(warnings(failed, ["save": "3600 1", "stop-writes-on-bgsave-error": "no"]).isEmpty)
        #expect(warnings(failed, ["save": ""]).isEmpty)
        #expect(warnings("aof_last_write_status:err", ["save": ""]).first?.contains("append-only") == true)
    }

    @Test func `the properties of a real server are complete`() async throws {
        var options = RedisServerFixture.Options()
        options.append = .everysec
        try await RedisServerFixture.with(options) { server in
            try await RedisStoreFixture.with(server) { fixture in
                let facts = try await RedisServerProperties.gather(from: fixture.client)
                #expect(facts.append == .everySecond && facts.evictionPolicy == "noeviction")
                #expect(facts.warnings.isEmpty)
                _ = try await fixture.client.send("CONFIG", ["SET", "save", "3600 1"])
                #expect(try await RedisServerProperties.gather(from: fixture.client).warnings.count == 1)
                #expect(try await fixture.beat().generation.run == facts.runID)
                _ = try await fixture.client.send("CONFIG", ["SET", "maxmemory-policy", "allkeys-lru"])
                let changed = try await RedisServerProperties.gather(from: fixture.client)
                #expect(RedisCompatibility(changed) == .refused(.evictionPolicy("allkeys-lru")))
            }
        }
    }
}
