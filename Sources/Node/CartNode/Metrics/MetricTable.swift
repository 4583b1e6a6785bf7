import MetricReadings

/// Declarations of metrics as the rows of a table: name, labels, meaning. The unit is the name's.
protocol MetricTable {}

extension MetricTable {
    static func counter(_ name: String, by labels: MetricLabel..., help: String) -> Metric {
        .counter(name, unit: unit(of: name), help: help, labels: labels)
    }

    static func gauge(_ name: String, by labels: MetricLabel..., help: String) -> Metric {
        .gauge(name, unit: unit(of: name), help: help, labels: labels)
    }

    static func durations(_ name: String, by labels: MetricLabel..., help: String) -> Metric {
        .durations(name, help: help, labels: labels)
    }

    static func sizes(_ name: String, by labels: MetricLabel..., help: String) -> Metric {
        .sizes(name, help: help, labels: labels)
    }

    static func info(_ name: String, by labels: MetricLabel..., help: String) -> Metric {
        .info(name, help: help, labels: labels)
    }

    private static func unit(of name: String) -> Metric.Unit? {
        let name = name.hasSuffix("_total") ? String(name.dropLast("_total".count)) : name
        return Metric.Unit.allCases.first { name.hasSuffix("_\($0.rawValue)") }
    }
}
