import ClusterTesting
import Foundation
import MetricReadings
import NIOHTTP1
import Testing

@testable import CartNode

extension FailoverTests {
    /// The Grafana dashboard under `deploy/observability`, asked of a real Prometheus.
    @Suite struct DashboardTests {
        private struct Dashboard: Decodable {
            struct Panel: Decodable {
                struct Target: Decodable {
                    let expr: String
                }

                let type: String
                let title: String
                let targets: [Target]?
            }

            let schemaVersion: Int
            let panels: [Panel]
        }

        private struct Query: Hashable {
            let panel: String
            let expression: String
        }

        /// The queries that return nothing here, and why.
        private static let silent: [(part: String, because: String)] = [
            ("cart_grpc_call", "no client speaks gRPC"),
            ("status=~\"5..\"", "no answer is 5xx"),
            ("cart_not_ready", "all nodes are ready"),
            ("cart_redis_connection_attempts_total", "Redis was connected before the first scrape"),
            ("cart_redis_connections_ended_total", "no connection to Redis ends"),
            ("sum by (reason) (rate(cart_ended_actors_total", "no cart leaves memory"),
            ("cart_connection_attempts_total", "the client came before the first scrape"),
        ]

        private static func text() throws -> String {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../deploy/observability/dashboard.json")
            return try String(contentsOf: file, encoding: .utf8)
        }

        private static func dashboard() throws -> Dashboard {
            try JSONDecoder().decode(Dashboard.self, from: Data(text().utf8))
        }

        /// The queries, with what Grafana puts in place of its variables.
        private static func queries() throws -> [Query] {
            try dashboard().panels.flatMap { panel in
                (panel.targets ?? []).map { target in
                    let expression = target.expr.replacing("$__rate_interval", with: "30s")
                        .replacing("$instance", with: ".*").replacing("$job", with: "cart-node")
                    return Query(panel: panel.title, expression: expression)
                }
            }
        }

        @Test func `the dashboard shows every metric, and no other`() throws {
            let dashboard = try Self.dashboard()
            #expect(dashboard.schemaVersion >= 39)
            let rows = dashboard.panels.filter { $0.type == "row" }.map(\.title)
            #expect(rows == ["Traffic", "Carts", "Ownership", "Redis", "Link", "Process"])
            // Also those in the queries of variables.
            let names = try Self.text().matches(of: /\b(?:cart|demo|exposition|otlp|process)_\w+/)
            let shown = Set(
                names.map { match in
                    let name = String(match.0)
                    let part = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }
                    return part.map { String(name.dropLast($0.count)) } ?? name
                }
            )
            #expect(shown.isSubset(of: NodeMetrics.all.map(\.name)))
            let rest = Set(NodeMetrics.all.map(\.name)).subtracting(shown)
            #expect(rest == ["cart_node_info", "process_virtual_memory_bytes"])
        }

        @Test func `every query returns something of a cluster at work`() async throws {
            var options = Cluster.Options()
            options.nodes = 3
            let queries = try Self.queries()
            for (part, because) in Self.silent {
                #expect(queries.contains { $0.expression.contains(part) }, "stale: \(part), \(because)")
            }
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { client in
                    try await PrometheusServer.with(client) { prometheus in
                        var empty: [Query] = []
                        var round = 0
                        try await eventually(within: .seconds(60), "every query returns something") {
                            try await Self.work(round, through: client)
                            round += 1
                            empty = []
                            for query in queries {
                                let answer = try await prometheus.ask(query.expression)
                                #expect(answer.status == "success", "\(query): \(answer.error ?? "")")
                                if answer.data?.result.isEmpty != false { empty.append(query) }
                            }
                            empty.removeAll { query in
                                Self.silent.contains { query.expression.contains($0.part) }
                            }
                            return empty.isEmpty || round > 40
                        }
                        #expect(empty.isEmpty, "\(empty)")
                    }
                }
            }
        }

        /// A bit of everything: reads, changes, forwards, a refusal, a replay, and a merge.
        private static func work(_ round: Int, through client: RawHTTPClient) async throws {
            let (one, two) = ("a\(round)", "b\(round)")
            #expect(await client.create(one, at: 0).status == 201)
            #expect(await client.create(two, at: 1).status == 201)
            for node in 0...2 {
                #expect(await client.add("tea", to: one, key: "k\(round)", at: node).status ?? 0 < 300)
                #expect(await client.look(one, at: node).status == 200)
            }
            #expect(await client.look("nobody", at: 2).status == 404)
            let merge = #"{"from":"\#(one)","mergeId":"m\#(round)"}"#
            _ = await client.ask(.POST, "/v1/carts/\(two)/merge", body: merge, at: 0)
            try await ContinuousClock().sleep(for: .seconds(1))
        }
    }
}
