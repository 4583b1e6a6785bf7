import ClusterTesting
import Foundation
import ServerTesting
import Testing

/// The collector of OpenTelemetry's own messages.
@Suite struct TraceTests {
    @Test func `a change that is passed on is one tree over two nodes, and a lost collector costs nobody`()
        async throws
    {
        let port = try FreePort.find()
        var options = Cluster.Options()
        options.nodes = 2
        options.settings = ["--trace-cart-key", "a key of the tests alone"]
        options.environment = { _ in
            [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(port)", "OTEL_SERVICE_NAME": "carts",
                "OTEL_RESOURCE_ATTRIBUTES": "zone=a%20b", "OTEL_BSP_SCHEDULE_DELAY": "100",
                "OTEL_BSP_MAX_QUEUE_SIZE": "50", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "20",
                "OTEL_BSP_EXPORT_TIMEOUT": "1000", "OTEL_EXPORTER_OTLP_TIMEOUT": "500",
            ]
        }
        try await Cluster.with(options) { cluster in
            let nodes = cluster.nodes
            let script = try ClientScript(
                "traces.py",
                ["\(port)"] + nodes.map { "http://127.0.0.1:\($0.httpPort)" }
                    + ["http://127.0.0.1:\(nodes[0].opsPort)"],
                in: cluster.home,
                packages: "opentelemetry"
            )
            try await script.end(within: .seconds(90))
            // It leaves in time, with spans that nobody takes.
            let began = ContinuousClock.now
            nodes[0].terminate()
            #expect(try await nodes[0].end(within: .seconds(20)) == .exited(0))
            print("left after \(ContinuousClock.now - began)")
        }
    }
}
