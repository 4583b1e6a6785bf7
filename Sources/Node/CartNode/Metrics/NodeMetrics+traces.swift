import MetricReadings
import OTLPExport

extension NodeMetrics {
    enum Traces {
        static let exported = Metric.counter(
            "otlp_exported_spans_total",
            help: "Spans that the collector took."
        )
        static let dropped = Metric.counter(
            "otlp_dropped_spans_total",
            help: "Spans that no collector has: too many waited (queue_full), no collector took their batch "
                + "in time (failed), or it refused them (rejected).",
            labels: [MetricLabel("reason", of: ExportCounts.Loss.self)]
        )
        static let waiting = Metric.gauge("otlp_waiting_spans", help: "Spans that wait to be exported.")
        static let batches = Metric.durations(
            "otlp_export_duration_seconds",
            help: "Batches of spans that were delivered or given up, by the time that it took.",
            labels: [MetricLabel("result", of: ExportCounts.Result.self)]
        )
        static let all = [exported, dropped, waiting, batches]
    }
}

extension Node {
    var traceCollector: MetricCollector {
        typealias Its = NodeMetrics.Traces
        let exporter = tracing?.exporter
        return MetricCollector(of: Its.all) { readings in
            let counts = exporter?.counts ?? ExportCounts()
            readings.add(counts.exported, to: Its.exported)
            for loss in ExportCounts.Loss.allCases {
                readings.add(exporter?.lost(loss) ?? 0, to: Its.dropped, loss.rawValue)
            }
            readings.add(exporter?.waiting ?? 0, to: Its.waiting)
            for result in ExportCounts.Result.allCases {
                readings.add(counts.batches(result), to: Its.batches, result.rawValue)
            }
        }
    }
}
