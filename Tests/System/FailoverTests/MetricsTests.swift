import ClusterTesting
import MetricReadings
import NodeConfiguration
import ServerTesting
import Testing

@testable import CartNode

extension FailoverTests {
    /// What a node tells Prometheus.
    @Suite struct MetricsTests {
        /// Python's client has a parser of OpenMetrics that refuses what the standard forbids. Debian's own
        /// Python, whatever other is first on the path, has it.
        private static let openMetricsParser = """
            /usr/bin/python3 -c 'import sys
            from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
            print(len(list(parse(sys.stdin.read()))))'
            """

        @Test func `the judges of both formats have nothing to say, and each declared metric is there`()
            async throws
        {
            var options = Cluster.Options()
            options.nodes = 2
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { client in
                    // Some on each node, of which each owns another: so both forward.
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<20 {
                            group.addTask {
                                let cart = "c\(number)"
                                #expect(await client.create(cart, at: number % 2).status == 201)
                                for node in [1 - number % 2, number % 2] {
                                    #expect(await client.add("tea", to: cart, at: node).status ?? 0 < 300)
                                    #expect(await client.look(cart, at: node).status == 200)
                                    #expect(await client.look("nobody", at: node).status == 404)
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    let expected = NodeMetrics.all
                    for node in 0...1 {
                        let plain = try await Scrape(client, node: node)
                        #expect(plain.contentType == "text/plain; version=0.0.4; charset=utf-8")
                        let promtool = try await plain.verdict(of: "promtool check metrics", in: cluster.home)
                        #expect(promtool.text == "" && promtool.end == .exited(0), "\(promtool)")
                        let open = try await Scrape(client, node: node, as: .openMetrics)
                        #expect(
                            open.contentType
                                == "application/openmetrics-text; version=1.0.0; charset=utf-8"
                        )
                        let parser = try await open.verdict(of: Self.openMetricsParser, in: cluster.home)
                        #expect(parser.end == .exited(0), "\(parser)")
                        #expect(parser.text == "\(expected.count)\n")
                        for metric in expected {
                            #expect(plain.text.contains("\n# TYPE \(metric.name) "), "\(metric.name)")
                        }
                    }
                }
            }
        }

        @Test func `a scrape under load is well formed, and has the calls over gRPC`() async throws {
            var options = Cluster.Options()
            options.nodes = 2
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { client in
                    // A first call is an increase only after a 0.
                    let first = try await Scrape(client, node: 0)
                    let added = "cart_grpc_calls_total{method=\"oteldemo.CartService/AddItem\",code=\"OK\"}"
                    #expect(first[added] == 0)
                    try await DemoShopCall.addItem(at: cluster.nodes[0], in: cluster.home)
                    try await eventually(within: .seconds(10), "the call is counted") {
                        let scrape = try await Scrape(client, node: 0)
                        return scrape["demo_cart_add_item_latency_seconds_count"] == 1
                    }
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for worker in 0..<4 {
                            group.addTask {
                                var round = 0
                                while !Task.isCancelled {
                                    let cart = "w\(worker)-\(round)"
                                    _ = await client.create(cart, at: worker % 2)
                                    _ = await client.add("tea", to: cart, at: 1 - worker % 2)
                                    _ = await client.look(cart, at: worker % 2)
                                    round += 1
                                }
                            }
                        }
                        var reads: [Double] = []
                        for _ in 0..<4 {
                            let scrape = try await Scrape(client, node: 0)
                            reads.append(scrape["cart_reads_total"] ?? 0)
                            let promtool = try await scrape.verdict(
                                of: "promtool check metrics",
                                in: cluster.home
                            )
                            #expect(promtool.text == "" && promtool.end == .exited(0), "\(promtool)")
                        }
                        group.cancelAll()
                        try await group.waitForAll()
                        #expect(Set(reads).count > 1, "nothing happened meanwhile: \(reads)")
                    }
                    let scrape = try await Scrape(client, node: 0)
                    #expect(scrape[added] == 1)
                }
            }
        }

        @Test func `the numbers are those of the node`() async throws {
            var options = Cluster.Options()
            options.nodes = 2
            options.settings = ["--live-carts-limit", "1000", "--connections-limit", "30"]
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { client in
                    for cart in 0..<20 { #expect(await client.create("c\(cart)", at: 0).status == 201) }
                    for _ in 0..<3 { #expect(await client.look("c0", at: 0).status == 200) }
                    for _ in 0..<2 { #expect(await client.look("c1", at: 1).status == 200) }
                    #expect(await client.add("tea", to: "c2", key: "k", at: 0).status == 201)
                    #expect(await client.add("tea", to: "c2", key: "k", at: 0).status == 201)
                    #expect(await client.look("nobody", at: 0).status == 404)
                    let scrape = try await Scrape(client, node: 0)
                    let cart = #"route="/v1/carts/{id}""#
                    #expect(scrape["cart_http_requests_total{\(cart),method=\"PUT\",status=\"201\"}"] == 20)
                    #expect(scrape["cart_http_requests_total{\(cart),method=\"GET\",status=\"404\"}"] == 1)
                    let times = "cart_http_request_duration_seconds"
                    #expect(scrape["\(times)_count{\(cart),method=\"GET\",status=\"2xx\"}"] == 3)
                    #expect(try #require(scrape["\(times)_sum{\(cart),method=\"GET\",status=\"2xx\"}"]) < 3)
                    // Those of the other node's client too.
                    #expect(scrape["cart_reads_total"] == 5)
                    #expect(scrape["cart_commit_duration_seconds_count{result=\"committed\"}"] == 21)
                    #expect(scrape["cart_commit_commands_sum"] == 21)
                    #expect(scrape["cart_restore_duration_seconds_count{result=\"created\"}"] == 20)
                    #expect(scrape["cart_restore_duration_seconds_count{result=\"absent\"}"] == 1)
                    #expect(scrape["cart_idempotent_replays_total"] == 1)
                    #expect(scrape["cart_refusals_total{kind=\"cart-not-found\"}"] == 1)
                    let scripts = "cart_redis_command_duration_seconds_count{use=\"carts\""
                    #expect(try #require(scrape["\(scripts),script=\"commit\"}"]) >= 21)
                    #expect(try #require(scrape["\(scripts),script=\"create\"}"]) >= 20)
                    let other = try await Scrape(client, node: 1)
                    let forwards = "cart_forward_duration_seconds_count"
                    #expect(other["\(forwards){peer=\"node0\",result=\"answered\"}"] == 2)
                    let sent = "{peer=\"node0\",direction=\"sent\"}"
                    #expect(try #require(other["cart_link_frames_total\(sent)"]) >= 4)
                    #expect(try #require(other["cart_link_bytes_total\(sent)"]) > 100)
                    #expect(other["cart_restore_duration_seconds_count{result=\"elsewhere\"}"] == 1)
                    #expect(scrape["cart_live_actors"] == 20)
                    #expect(scrape["cart_live_actors_limit"] == 1_000)
                    #expect(scrape["cart_ready"] == 1)
                    #expect(scrape["cart_not_ready{reason=\"no_session\"}"] == 0)
                    #expect(scrape["cart_build_info{version=\"\(NodeVersion.current)\"}"] == 1)
                    #expect(scrape["cart_node_info{node=\"node0\"}"] == 1)
                    #expect(scrape["cart_members{state=\"alive\"}"] == 2)
                    #expect(scrape["cart_connections_limit{port=\"clients\"}"] == 30)
                    #expect(scrape["cart_connections{face=\"http\"}"] == 1)
                    #expect(scrape["cart_connection_attempts_total{face=\"http\",result=\"admitted\"}"] == 1)
                    #expect(scrape["cart_redis_append_only_file{fsync=\"always\"}"] == 1)
                    let wanted = scrape["cart_redis_connections_wanted{use=\"carts\"}"]
                    #expect(scrape["cart_redis_connections{use=\"carts\"}"] == wanted && wanted != nil)
                    let lease = cluster.lease.length / .seconds(1)
                    #expect(scrape["cart_session_lease_seconds"] == lease)
                    let left = try #require(scrape["cart_session_lease_remaining_seconds"])
                    #expect(left > 0 && left < lease)
                    let beats = scrape["cart_heartbeat_duration_seconds_count{result=\"answered\"}"]
                    #expect(try #require(beats) > 0)
                    let memory = try #require(scrape["process_resident_memory_bytes"])
                    #expect(memory > 10e6 && memory < 10e9)
                    #expect(try #require(scrape["process_cpu_seconds_total"]) > 0)
                    #expect(try #require(scrape["process_open_fds"]) > 10)
                    #expect(try #require(scrape["cart_event_loop_lag_seconds_count{loop=\"carts\"}"]) > 0)
                    #expect(scrape["exposition_incomplete_scrapes_total"] == 0)
                }
            }
        }

        @Test func `a standstill of the process shows as lag of its loops`() async throws {
            var options = Cluster.Options()
            options.nodes = 1
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { client in
                    let node = cluster.nodes[0]
                    node.pause()
                    try await ContinuousClock().sleep(for: .milliseconds(1_500))
                    node.resume()
                    try await eventually(within: .seconds(10), "the lag of all loops is counted") {
                        let scrape = try await Scrape(client, node: 0)
                        return EventLoopLag.Role.allCases.allSatisfy { role in
                            let lag = "cart_event_loop_lag_seconds"
                            let prompt = scrape["\(lag)_bucket{loop=\"\(role.rawValue)\",le=\"1.0\"}"] ?? 0
                            let all = scrape["\(lag)_count{loop=\"\(role.rawValue)\"}"] ?? 0
                            return prompt > 0 && all > prompt
                        }
                    }
                }
            }
        }

        @Test func `a death, and a Redis that forgets, are counted`() async throws {
            var options = Cluster.Options()
            options.nodes = 2
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { client in
                    #expect(await client.create("a", at: 0).status == 201)
                    try await cluster.nodes[1].kill()
                    try await eventually(within: .seconds(15), "the tombstone is counted") {
                        let scrape = try await Scrape(client, node: 0)
                        return scrape["cart_tombstone_writes_total{result=\"written\"}"] == 1
                            && scrape["cart_members{state=\"alive\"}"] == 1
                            && scrape["cart_tombstones"] == 1
                    }
                    try await cluster.redis.restart()
                    try await eventually(within: .seconds(15), "the sweep is counted") {
                        let scrape = try await Scrape(client, node: 0)
                        return scrape["cart_generation_changes_total"] == 1
                            && scrape["cart_sweep_duration_seconds_count"] == 1
                            && scrape["cart_swept_actors_total"] == 1
                            && scrape["cart_redis_connections_ended_total{use=\"heartbeats\"}"] == 1
                            && scrape["cart_redis_connections{use=\"heartbeats\"}"] == 1
                    }
                    await cluster.redis.stop()
                    try await eventually(within: .seconds(15), "the lost session is counted") {
                        let scrape = try await Scrape(client, node: 0)
                        let failures = scrape["cart_heartbeat_duration_seconds_count{result=\"failed\"}"]
                        return scrape["cart_sessions_lost_total{reason=\"expired\"}"] == 1
                            && scrape["cart_ready"] == 0
                            && scrape["cart_not_ready{reason=\"no_session\"}"] == 1
                            && scrape["cart_session_lease_remaining_seconds"] == 0
                            && scrape["cart_dropped_actors_total"] == 1 && failures ?? 0 > 0
                            && scrape["cart_redis_connections{use=\"heartbeats\"}"] == 0
                    }
                }
            }
        }
    }
}
