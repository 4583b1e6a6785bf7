import Doctor
import NIOPosix
import NodeConfiguration
import RedisActorStore
import RedisClient
import ServerTesting
import Testing

/// Real servers that are each wrong in one way.
@Suite(.timeLimit(.minutes(2))) struct WrongServerTests {
    struct Case: Sendable, CustomStringConvertible {
        /// Settings of the server, after those of the right one.
        let server: [String]
        /// The findings above `note`.
        let expected: Set<String>
        let exitCode: Int32
        var replicas = 0

        var description: String {
            server.isEmpty ? "replicas \(replicas)" : server.joined(separator: " ")
        }
    }

    static let cases = [
        Case(server: ["--maxmemory-policy", "allkeys-lru"], expected: ["error eviction"], exitCode: 2),
        Case(server: ["--appendonly", "no"], expected: ["warning persistence"], exitCode: 1),
        Case(
            server: ["--appendonly", "no", "--save", "3600", "1"],
            expected: ["warning persistence"],
            exitCode: 1
        ),
        Case(server: ["--appendfsync", "no"], expected: ["warning persistence"], exitCode: 1),
        Case(server: ["--no-appendfsync-on-rewrite", "yes"], expected: ["warning persistence"], exitCode: 1),
        Case(
            server: ["--save", "3600", "1", "--stop-writes-on-bgsave-error", "yes"],
            expected: ["warning background-save"],
            exitCode: 1
        ),
        Case(server: ["--min-replicas-to-write", "1"], expected: ["error min-replicas"], exitCode: 2),
        Case(server: ["--maxmemory", "500kb"], expected: ["error memory"], exitCode: 2),
        Case(server: ["--timeout", "300"], expected: ["warning client-timeout"], exitCode: 1),
        Case(
            server: ["--client-output-buffer-limit", "normal", "1mb", "0", "0"],
            expected: ["warning client-buffers"],
            exitCode: 1
        ),
        Case(server: ["--busy-reply-threshold", "0"], expected: ["warning scripts"], exitCode: 1),
        Case(server: ["--maxclients", "6"], expected: ["warning clients"], exitCode: 1),
        Case(server: ["--replicaof", "127.0.0.1", "1"], expected: ["error reach"], exitCode: 2),
        Case(server: ["--requirepass", "secret"], expected: ["error reach"], exitCode: 2),
        Case(server: [], expected: ["error replicas"], exitCode: 2, replicas: 1),
    ]

    /// All at once, since an examination mostly waits.
    @Test func `a server that is wrong in one way gives that finding`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for wrong in Self.cases { group.addTask { try await expectFinding(wrong) } }
            try await group.waitForAll()
        }
    }

    private func expectFinding(_ wrong: Case) async throws {
        var settings = NodeSettings()
        settings.redis.replicas = wrong.replicas
        try await RedisServerFixture.with(.init(settings: rightSettings + wrong.server)) { server in
            let report = await examine(server.configuration, settings: settings)
            #expect(report.grave == wrong.expected, "\(wrong): \(report.findings.map(\.what))")
            #expect(report.exitCode == wrong.exitCode, "\(wrong)")
        }
    }

    @Test func `a right server gives nothing above a note`() async throws {
        try await RedisServerFixture.with(.init(settings: rightSettings)) { server in
            let report = await examine(server.configuration)
            #expect(report.grave == [], "\(report.findings.map(\.what))")
            #expect(report.exitCode == 0)
            #expect(report.count(.ok) > 8)
            // No check was left out because of an answer that was not understood.
            #expect(!report.troubles.contains("note untold"))
        }
    }

    @Test func `the report of the whole has the checks of time too`() async throws {
        try await RedisServerFixture.with(.init(settings: rightSettings)) { server in
            let report = await Examination(
                of: NodeFacts(NodeSettings(), loops: 4),
                at: server.configuration,
                cluster: .standard,
                on: MultiThreadedEventLoopGroup.singleton.next(),
                extent: quick
            ).report()
            #expect(report.findings.contains { $0.check == "latency" && $0.what.contains("of 20") })
            #expect(report.findings.contains { $0.check == "clock" })
        }
    }

    @Test func `a server that is down, or stands still, is told in one line`() async throws {
        let absent = await examine(RedisConfiguration(address: .unix(path: "/nonexistent/redis.sock")))
        #expect(absent.troubles == ["error reach"])
        #expect(absent.exitCode == 2)
        try await RedisServerFixture.with(.init(settings: rightSettings)) { server in
            server.pause()
            let silent = await examine(server.configuration)
            server.resume()
            #expect(silent.troubles == ["error reach"])
        }
    }

    @Test func `a node of a Redis Cluster is named`() async throws {
        let port = try FreePort.find()
        let settings = ["--cluster-enabled", "yes", "--port", "\(port)", "--cluster-port", "0"]
        try await RedisServerFixture.with(.init(settings: settings)) { server in
            let report = await examine(server.configuration)
            #expect(report.troubles == ["error reach"])
            #expect(report.findings.first?.what.contains("Redis Cluster") == true)
        }
    }

    @Test func `no form of the report shows a password`() async throws {
        let password = "correct-horse-battery"
        let settings = rightSettings + ["--requirepass", password]
        try await RedisServerFixture.with(.init(settings: settings)) { server in
            for offered in [password, "wrong-" + password] {
                var configuration = server.configuration
                configuration.password = Secret(offered)
                let report = await examine(configuration)
                #expect(report.exitCode == (offered == password ? 0 : 2))
                let forms = [report.json, ReportText(width: 80, isColoured: true).text(of: report)]
                for form in forms { #expect(!form.contains("battery")) }
            }
        }
    }

    @Test func `an examination changes nothing`() async throws {
        try await RedisServerFixture.with(.init(settings: rightSettings)) { server in
            try await withClient(server.configuration) { client in
                _ = try await client.send("HSET", ["cart:{a}", "o", "x"])
                let before = try await client.send("INFO", ["persistence"]).string
                _ = await examine(server.configuration)
                let after = try await client.send("INFO", ["persistence"]).string
                func changes(_ info: String) -> Substring? {
                    info.split(whereSeparator: \.isNewline).first {
                        $0.hasPrefix("rdb_changes_since_last_save")
                    }
                }
                #expect(changes(before) != nil)
                #expect(changes(before) == changes(after))
                #expect(try await client.send("DBSIZE").integer == 1)
            }
        }
    }
}
