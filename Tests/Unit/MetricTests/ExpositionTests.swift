import MetricReadings
import Testing

@testable import PrometheusExposition

/// The text formats, letter by letter.
@Suite struct ExpositionTests {
    private let color = MetricLabel("color", oneOf: ["red", "blue"])

    private func text(
        _ metric: Metric,
        in format: ExpositionFormat,
        _ fill: (inout Readings) -> Void
    ) -> String {
        var readings = Readings()
        fill(&readings)
        return ExpositionWriter.text(of: [MetricFamily(metric, readings)], in: format)
    }

    @Test func `a counter loses its suffix where OpenMetrics describes it, and the text ends with EOF`() {
        let metric = Metric.counter("a_seconds_total", unit: .seconds, help: "A.", labels: [color])
        let fill = { (readings: inout Readings) in
            readings.add(1.5, to: metric, "red")
            readings.add(2, to: metric, "blue")
        }
        #expect(
            text(metric, in: .prometheusText, fill) == """
                # HELP a_seconds_total A.
                # TYPE a_seconds_total counter
                a_seconds_total{color="blue"} 2
                a_seconds_total{color="red"} 1.5

                """
        )
        #expect(
            text(metric, in: .openMetrics, fill) == """
                # HELP a_seconds A.
                # TYPE a_seconds counter
                # UNIT a_seconds seconds
                a_seconds_total{color="blue"} 2
                a_seconds_total{color="red"} 1.5
                # EOF

                """
        )
    }

    @Test func `an info is a gauge where the format knows no infos`() {
        let metric = Metric.info("a_info", help: "A.", labels: [MetricLabel("v", fixed: "any")])
        let fill = { (readings: inout Readings) in readings.add(1, to: metric, "1.0") }
        #expect(
            text(metric, in: .prometheusText, fill)
                == "# HELP a_info A.\n# TYPE a_info gauge\na_info{v=\"1.0\"} 1\n"
        )
        #expect(
            text(metric, in: .openMetrics, fill)
                == "# HELP a A.\n# TYPE a info\na_info{v=\"1.0\"} 1\n# EOF\n"
        )
    }

    @Test func `the buckets of a histogram are cumulative`() {
        let metric = Metric(name: "a", kind: .histogram(bounds: [0.000_05, 1, 2.5]), help: "A.")
        let text = text(metric, in: .prometheusText) {
            $0.add(.histogram(counts: [1, 0, 3, 2], sum: 9.25), to: metric, labels: [])
        }
        #expect(
            text == """
                # HELP a A.
                # TYPE a histogram
                a_bucket{le="5e-05"} 1
                a_bucket{le="1.0"} 1
                a_bucket{le="2.5"} 4
                a_bucket{le="+Inf"} 6
                a_sum 9.25
                a_count 6

                """
        )
    }

    @Test func `labels and help are escaped, and quotes in help only where the format wants it`() {
        let metric = Metric.gauge(
            "a",
            help: "\"A\" \\ B\nC.",
            labels: [MetricLabel("v", fixed: "any")]
        )
        let fill = { (readings: inout Readings) in readings.add(1, to: metric, "\"x\" \\ y\nz ü") }
        let sample = #"a{v="\"x\" \\ y\nz ü"} 1"#
        #expect(
            text(metric, in: .prometheusText, fill)
                == #"# HELP a "A" \\ B\nC."# + "\n# TYPE a gauge\n\(sample)\n"
        )
        #expect(
            text(metric, in: .openMetrics, fill)
                == #"# HELP a \"A\" \\ B\nC."# + "\n# TYPE a gauge\n\(sample)\n# EOF\n"
        )
    }

    @Test(
        arguments: [
            (0, "0"), (-3, "-3"), (0.1, "0.1"), (1e-7, "1e-07"), (1e300, "1e+300"),
            (9_007_199_254_740_992, "9007199254740992.0"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
            (.nan, "NaN"), (-.zero, "0"),
        ] as [(Double, String)]
    )
    func `a number is written so that both formats read it`(_ number: Double, _ text: String) {
        #expect(ExpositionWriter.text(of: number) == text)
    }

    @Test func `a metric without a series is not described`() {
        let metric = Metric.gauge("a", help: "A.")
        #expect(text(metric, in: .prometheusText) { _ in } == "")
        #expect(text(metric, in: .openMetrics) { _ in } == "# EOF\n")
    }

    @Test(
        arguments: [
            (nil, .prometheusText), ("", .prometheusText), ("*/*", .prometheusText),
            ("text/html,application/xhtml+xml,*/*;q=0.8", .prometheusText),
            ("application/openmetrics-text", .openMetrics),
            ("application/openmetrics-text; version=1.0.0; charset=utf-8", .openMetrics),
            ("Application/OpenMetrics-Text;Version=\"1.0.0\"", .openMetrics),
            ("application/openmetrics-text;version=0.0.1", .prometheusText),
            ("application/openmetrics-text;q=0.3,text/plain;q=0.5", .prometheusText),
            ("text/plain;q=0.3, application/openmetrics-text;q=0.5", .openMetrics),
            ("application/openmetrics-text;q=0", .prometheusText),
            ("application/openmetrics-text;q=x", .prometheusText),
            (",;=;,", .prometheusText),
            // Prometheus 2.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
            ),
            // Prometheus 3.
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                    + "application/openmetrics-text;version=0.0.1;q=0.4,"
                    + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,"
                    + "*/*;q=0.1", .openMetrics
            ),
        ] as [(String?, ExpositionFormat)]
    )
    func `the client's preference decides`(_ accept: String?, _ format: ExpositionFormat) {
        #expect(ExpositionFormat(accept: accept) == format)
    }
}
