import ClusterTesting
import Foundation
import LogEvents
import Logging
import ServerTesting
import Testing

extension FailoverTests {
    /// The log of real nodes, as a program reads it.
    @Suite struct LogTests {
        private struct Line {
            let event: LoggedEvent
            let fields: [String: Any]
        }

        /// Every line of a log, checked against what each promises.
        private static func lines(of node: NodeProcess) throws -> [Line] {
            try node.log.split(separator: "\n").map { text in
                let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
                let fields = try #require(parsed as? [String: Any], "\(text)")
                let name = try #require(fields["event"] as? String, "\(text)")
                let event = try #require(LoggedEvent(rawValue: name), "\(name) is not in the list")
                let time = try #require(fields["time"] as? String, "\(text)")
                #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(text)")
                #expect(event == .libraryMessage || fields["level"] as? String == event.level.rawValue)
                #expect(fields["node"] as? String == node.name, "\(text)")
                #expect((fields["message"] as? String)?.isEmpty == false, "\(text)")
                return Line(event: event, fields: fields)
            }
        }

        private static let opsToken = "the-operators-token"

        private static func options() -> Cluster.Options {
            var options = Cluster.Options()
            options.nodes = 2
            // So that no session ends while Redis is away.
            options.lease = .standard
            options.settings = ["--log-format", "json", "--log-level", "debug"]
            options.environment = { _ in ["CART_OPS_TOKEN": opsToken] }
            options.redis = { redis, _ in "unix://\(redis.socketPath)?user=cart&password=PASSWORD" }
            return options
        }

        private static func server() throws -> RedisServerFixture.Options {
            var server = Cluster.durableRedis()
            let rule = try RedisServerFixture.documentedUser().dropFirst()
            server.settings += ["--user"] + rule.filter { $0 != "reset" }
            return server
        }

        @Test func `a restart of Redis is told line by line, without a cart's id or a secret`() async throws {
            try await Cluster.with(Self.options(), on: try Self.server()) { cluster in
                try await RawHTTPClient.with(cluster) { client in
                    #expect(await client.create("cart-of-anna", at: 0).status == 201)
                    // From the other node, so that the link says something too.
                    #expect(await client.add("green-tea-100", to: "cart-of-anna", at: 1).status == 201)
                    await cluster.redis.stop()
                    #expect(await client.add("cup", to: "cart-of-anna", at: 0).status != 201)
                    try await cluster.redis.start()
                    for node in cluster.nodes {
                        try await cluster.ready(node, within: cluster.lease.recovery)
                    }
                    try await eventually(within: cluster.lease.recovery, "the cart can be changed") {
                        await client.add("pot", to: "cart-of-anna", at: 1).status == 201
                    }
                }
                try await eventually(within: cluster.lease.recovery, "live carts were checked") {
                    cluster.nodes.contains { $0.log.contains("\"sweep.finished\"") }
                }
                var told: Set<LoggedEvent> = []
                for node in cluster.nodes {
                    node.terminate()
                    #expect(try await node.end(within: .seconds(20)) == .exited(0), "\(node.logTail)")
                    let lines = try Self.lines(of: node)
                    let seen = Set(lines.map(\.event))
                    let promised: Set<LoggedEvent> = [
                        .nodeStarts, .redisConnected, .redisFit, .sessionBegun, .rpcListening,
                        .redisDisconnected,
                        .heartbeatFailed, .drainBegun, .drainFinished, .sessionLeft, .nodeStopped,
                        .libraryMessage,
                    ]
                    #expect(promised.isSubset(of: seen), "missing: \(promised.subtracting(seen))")
                    #expect(lines.first?.event == .nodeStarts)
                    #expect(lines.last?.event == .nodeStopped)
                    told.formUnion(seen)
                    for secret in [
                        "cart-of-anna", "PASSWORD", Cluster.trustedToken, Self.opsToken, "green-tea-100",
                    ] {
                        #expect(!node.log.contains(secret), "\(node.name) logs \(secret)")
                    }
                }
                // By the node that had the cart.
                #expect(told.isSuperset(of: [.sweepBegun, .sweepFinished]), "\(told)")
            }
        }

        @Test(arguments: [false, true])
        func `a cart that cannot be read is named only if the operator asks for it, and not each time`(
            _ names: Bool
        ) async throws {
            var options = Self.options()
            options.nodes = 1
            if names { options.settings.append("--log-cart-ids") }
            try await Cluster.with(options, on: try Self.server()) { cluster in
                let node = cluster.nodes[0]
                cluster.redis.command("SET", "cart:{cart-of-bert}", "foreign")
                let (trace, span) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
                let parent = "00-\(trace)-\(span)-01"
                try await RawHTTPClient.with(cluster) { client in
                    for _ in 0..<20 {
                        #expect(await client.look("cart-of-bert", at: 0, trace: parent).status == 500)
                    }
                }
                node.terminate()
                #expect(try await node.end(within: .seconds(20)) == .exited(0), "\(node.logTail)")
                let found = try Self.lines(of: node).filter { $0.event == .actorUnreadable }
                #expect((1...3).contains(found.count), "\(node.log)")
                #expect(found.allSatisfy { $0.fields["actor"] as? String == (names ? "cart-of-bert" : nil) })
                #expect(node.log.contains("cart-of-bert") == names, "\(node.log)")
                // The caller's, as this node records nothing.
                #expect(found.allSatisfy { $0.fields["trace_id"] as? String == trace }, "\(node.log)")
                #expect(found.allSatisfy { $0.fields["span_id"] as? String == span }, "\(node.log)")
            }
        }

        @Test func `a node that cannot start says so in the form that it was asked for`() async throws {
            var options = Self.options()
            options.nodes = 1
            options.starts = false
            for bad in [["--http-host", "nowhere.invalid"], ["--lease-length", "soon"]] {
                options.settings = ["--log-format", "json"] + bad
                try await Cluster.with(options) { cluster in
                    let node = cluster.nodes[0]
                    try node.start()
                    #expect(try await node.end(within: .seconds(20)) == .exited(64))
                    let last = try #require(node.log.split(separator: "\n").last)
                    let parsed = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
                    #expect(parsed?["event"] as? String == "node.failed", "\(node.log)")
                    #expect(parsed?["exitCode"] as? Int == 64)
                    let name = String(bad[0].dropFirst(2))
                    #expect((parsed?["cause"] as? String)?.hasPrefix(name) == true, "\(node.log)")
                }
            }
        }
    }
}
