internal import MetricReadings

/// The names of libraries' metrics, which know no rule, in Prometheus's letters.
enum LibraryName {
    static func label(_ text: String) -> String {
        let name = letters(of: text)
        // Those with a meaning of their own.
        return name == "le" || name.hasPrefix("__") ? "label_\(name)" : name
    }

    static func metric(_ text: String, suffix: String) -> String {
        let name = letters(of: text)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    private static func letters(of text: String) -> String {
        let name = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.isASCII && $0.properties.isAlphabetic || isDigit($0) ? $0 : "_" }
            )
        )
        guard let first = name.unicodeScalars.first, !isDigit(first) else { return "_\(name)" }
        return name
    }

    private static func isDigit(_ character: Unicode.Scalar) -> Bool { ("0"..."9").contains(character) }
}

extension LibrarySeries.Form {
    /// The description of a metric that nobody declared.
    func metric(_ label: String) -> Metric {
        let help = "Reported by a library as \(label)."
        return switch self {
        case .counter:
            Metric.counter(LibraryName.metric(label, suffix: "_total"), help: help)
        case .gauge:
            Metric.gauge(LibraryName.metric(label, suffix: ""), help: help)
        case .durations:
            Metric.durations(LibraryName.metric(label, suffix: "_seconds"), help: help)
        case .sizes:
            Metric(
                name: LibraryName.metric(label, suffix: ""),
                kind: .histogram(bounds: Self.sizeBounds),
                help: help
            )
        }
    }

    /// True if what is reported in this form can be a value of the metric.
    func feeds(_ metric: Metric) -> Bool {
        switch (self, metric.kind) {
        case (.counter, .counter), (.gauge, .gauge): true
        case (.durations, .histogram(DurationHistogram.bounds)): metric.unit == .seconds
        case (.sizes, .histogram(Self.sizeBounds)): true
        case (.counter, _), (.gauge, _), (.durations, _), (.sizes, _): false
        }
    }
}
