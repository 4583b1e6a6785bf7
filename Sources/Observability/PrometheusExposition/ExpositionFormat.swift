/// A text format in which Prometheus and its relatives read metrics.
package enum ExpositionFormat: Sendable, CaseIterable {
    /// Prometheus's text format 0.0.4.
    case prometheusText
    /// OpenMetrics 1.0.
    case openMetrics

    package var contentType: String {
        switch self {
        case .prometheusText: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format that an `Accept` field prefers; the plain one where the client does not care, or accepts
    /// neither: who asks a metrics port for HTML is a person with a browser.
    package init(accept: String?) {
        var best: (format: ExpositionFormat, quality: Double)?
        for range in (accept ?? "").split(separator: ",") {
            guard let found = Self.preference(in: range), found.quality > 0 else { continue }
            if found.quality > best?.quality ?? 0 { best = found }
        }
        self = best?.format ?? .prometheusText
    }

    /// The format that a media range names, and the weight that the client gives it.
    private static func preference(in range: Substring) -> (format: ExpositionFormat, quality: Double)? {
        let parts = range.split(separator: ";").map { word(of: $0) }
        var (quality, version) = (1.0, String?.none)
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1).map { word(of: $0) }
            guard pair.count == 2 else { continue }
            switch pair[0] {
            case "q": quality = Double(pair[1]) ?? 0
            case "version": version = pair[1].filter { $0 != "\"" }
            default: break
            }
        }
        switch (parts.first, version) {
        case ("application/openmetrics-text", nil), ("application/openmetrics-text", "1.0.0"):
            return (.openMetrics, quality)
        case ("text/plain", nil), ("text/plain", "0.0.4"), ("text/*", nil), ("*/*", nil):
            return (.prometheusText, quality)
        default:
            return nil
        }
    }

    private static func word(of text: some StringProtocol) -> String {
        text.lowercased().filter { $0 != " " && $0 != "\t" }
    }
}
