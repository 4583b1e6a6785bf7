internal import MetricReadings

/// Writes metrics as text, in Prometheus's format 0.0.4 or in OpenMetrics 1.0. Pure.
///
/// Sources: <https://prometheus.io/docs/instrumenting/exposition_formats/> and
/// <https://prometheus.io/docs/specs/om/open_metrics_spec/>
package struct ExpositionWriter {
    private let format: ExpositionFormat
    private var text = ""

    private init(_ format: ExpositionFormat) {
        self.format = format
    }

    /// Metrics without a series are left out.
    package static func text(of families: [MetricFamily], in format: ExpositionFormat) -> String {
        var writer = ExpositionWriter(format)
        for family in families where !family.series.isEmpty { writer.write(family) }
        switch format {
        case .prometheusText: break
        case .openMetrics: writer.text += "# EOF\n"
        }
        return writer.text
    }

    private mutating func write(_ family: MetricFamily) {
        let metric = family.metric
        let name = name(of: metric)
        text += "# HELP \(name) \(escaped(metric.help, quotes: format == .openMetrics))\n"
        text += "# TYPE \(name) \(type(of: metric))\n"
        if format == .openMetrics, let unit = metric.unit { text += "# UNIT \(name) \(unit.rawValue)\n" }
        for series in family.series {
            switch (series.value, metric.kind) {
            case (.histogram(let counts, let sum), .histogram(let bounds)):
                write(counts, sum: sum, bounds: bounds, of: metric.name, series)
            case (.number(let number), .counter), (.number(let number), .gauge), (.number(let number), .info):
                writeSample(metric.name, series.labels, value: Self.text(of: number))
            case (.histogram, .counter), (.histogram, .gauge), (.histogram, .info), (.number, .histogram):
                assertionFailure("\(metric.name) has a value that is not of its kind")
            }
        }
    }

    private mutating func write(
        _ counts: [UInt64],
        sum: Double,
        bounds: [Double],
        of name: String,
        _ series: MetricFamily.Series
    ) {
        var total: UInt64 = 0
        for (place, count) in counts.enumerated() {
            total &+= count
            // With a fraction in both formats, so that a change of format begins no new series.
            let bound = place < bounds.count ? "\(bounds[place])" : "+Inf"
            writeSample("\(name)_bucket", series.labels + [("le", bound)], value: "\(total)")
        }
        writeSample("\(name)_sum", series.labels, value: Self.text(of: sum))
        writeSample("\(name)_count", series.labels, value: "\(total)")
    }

    private mutating func writeSample(
        _ name: String,
        _ labels: [(name: String, value: String)],
        value: String
    ) {
        text += name
        if !labels.isEmpty {
            text += "{"
            for (place, label) in labels.enumerated() {
                if place > 0 { text += "," }
                text += "\(label.name)=\"\(escaped(label.value, quotes: true))\""
            }
            text += "}"
        }
        text += " \(value)\n"
    }

    /// The name in the lines that describe a metric. OpenMetrics describes a counter without the suffix of its
    /// samples.
    private func name(of metric: Metric) -> String {
        switch (format, metric.kind) {
        case (.prometheusText, _), (.openMetrics, .gauge), (.openMetrics, .histogram): metric.name
        case (.openMetrics, .counter): metric.familyName
        case (.openMetrics, .info): String(metric.name.dropLast(metric.name.hasSuffix("_info") ? 5 : 0))
        }
    }

    private func type(of metric: Metric) -> String {
        switch (metric.kind, format) {
        case (.counter, _): "counter"
        case (.gauge, _), (.info, .prometheusText): "gauge"
        case (.histogram, _): "histogram"
        case (.info, .openMetrics): "info"
        }
    }

    private func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// A number as both formats read it. Whole numbers have no fraction.
    static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        // Up to here every whole number is exact.
        guard abs(number) < 9_007_199_254_740_992, number == number.rounded(.towardZero) else {
            return "\(number)"
        }
        return "\(Int64(number))"
    }
}
