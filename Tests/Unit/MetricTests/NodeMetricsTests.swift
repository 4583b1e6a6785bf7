import Foundation
import MetricReadings
import PrometheusExposition
import Testing

@testable import CartNode

/// The declarations of the node's metrics, and the handbook's page of them.
@Suite struct NodeMetricsTests {
    @Test func `every declaration keeps the conventions, and no two share a name`() {
        #expect(NodeMetrics.all.flatMap(\.problems) == [])
        #expect(Set(NodeMetrics.all.map(\.name)).count == NodeMetrics.all.count)
    }

    @Test func `the page of metrics has the tables of the code, and nothing after them`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let page = try String(contentsOf: root.appending(path: "docs/metrics.md"), encoding: .utf8)
        let tables = NodeMetrics.groups.map(\.table).joined()
        #expect(page.hasSuffix(tables), "docs/metrics.md must end with this:\n\(tables)")
    }

    @Test func `the statistics of a process are read whatever its name holds`() throws {
        let stat = "7 (a) b (c) S 1 2 3 0 -1 4194304 1 0 0 0 150 50 0 0 20 0 4 0 12345 8192 3 0 0\n"
        let read = try #require(ProcessStatistics(stat: stat, ticks: 100, page: 4_096))
        #expect(read.processorTime == 2)
        #expect(read.startAfterBoot == 123.45)
        #expect(read.virtualMemory == 8_192)
        #expect(read.residentMemory == 12_288)
        for broken in ["", "7 (a", "7 (a) S 1", stat.replacing("8192", with: "x")] {
            #expect(ProcessStatistics(stat: broken, ticks: 100, page: 4_096) == nil, "\(broken)")
        }
    }
}
