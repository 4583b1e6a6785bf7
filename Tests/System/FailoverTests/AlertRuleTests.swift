import ClusterTesting
import Foundation
import MetricReadings
import Testing

@testable import CartNode

extension FailoverTests {
    /// The alert rules under `deploy/observability`, judged by Prometheus's own tool.
    @Suite struct AlertRuleTests {
        private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../deploy/observability").standardizedFileURL

        private func text(_ file: String) throws -> String {
            try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        }

        @Test(
            arguments: [
                ["check", "config", "prometheus.yml"], ["check", "config", "prometheus.compose.yml"],
                ["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"],
            ]
        )
        func `promtool has no objection`(_ command: [String]) async throws {
            let words = command.dropLast() + [folder.appending(path: command[2]).path]
            let log = NSTemporaryDirectory() + "promtool-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: log) }
            let child = try ChildProcess(
                program: "/usr/bin/promtool",
                arguments: Array(words),
                environment: [:],
                log: log
            )
            var end: ChildProcess.ExitStatus?
            try await eventually(within: .seconds(30), "promtool ended") {
                end = child.collect()
                return end != nil
            }
            let output = try String(contentsOfFile: log, encoding: .utf8)
            #expect(end == .exited(0), "\(output)")
        }

        @Test func `each alert has a case in which it fires and one in which it does not`() throws {
            let alerts = try text("alerts.yml").matches(of: /- alert: (\w+)/).map { String($0.1) }
            let tests = try text("alerts_test.yml")
            #expect(alerts.count >= 20)
            for alert in alerts {
                let group = tests.split(separator: "  - name: ").map(String.init)
                let fires = group.first { $0.hasPrefix("\(alert) fires\n") }
                #expect(fires?.contains("exp_alerts:\n          - exp_labels:") == true, "\(alert)")
                let rests = group.first { $0.hasPrefix("\(alert) does not fire\n") }
                #expect(rests?.contains("exp_alerts: []") == true, "\(alert)")
            }
        }

        @Test func `the rules name metrics that exist`() throws {
            let histograms = NodeMetrics.all.filter { if case .histogram = $0.kind { true } else { false } }
            let parts = histograms.flatMap { histogram in
                ["_bucket", "_sum", "_count"].map { histogram.name + $0 }
            }
            let known = Set(NodeMetrics.all.map(\.name) + parts + ["up"])
            let expressions = try text("alerts.yml").matches(of: /expr: (.+)/).map { String($0.1) }
            for expression in expressions {
                let names = expression.matches(of: /\b(?:cart|exposition|otlp|process)_\w+\b|\bup\b/)
                    .map { String($0.0) }
                #expect(!names.isEmpty, "\(expression)")
                #expect(known.isSuperset(of: names), "\(expression)")
            }
        }
    }
}
