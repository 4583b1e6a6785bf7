package import RequestTracing

/// Whether, what and where spans are exported: the environment variables of the OpenTelemetry specification
/// ("Environment Variable Specification", "OTLP Exporter Configuration"). docs/tracing.md lists those that count.
package struct TraceSettings: Equatable, Sendable {
    /// A header field that each export has.
    package struct Header: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    /// Nil where nothing is exported, and so nothing is recorded.
    package var endpoint: OTLPEndpoint?
    package var headers: [Header] = []
    /// The path of the certificates (PEM) of the collector's authorities; nil for the system's.
    package var authorities: String?
    /// Follows the callers' decisions and begins no trace, by default.
    package var sampler = Sampler(.never, followsParent: true)
    package var limits = SpanBatcher.Limits()
    /// The longest time that a span waits for more.
    package var delay: Duration = .seconds(5)
    /// The longest time for one try to export a batch.
    package var requestTimeout: Duration = .seconds(10)
    /// The longest time for all tries of a batch.
    package var exportTimeout: Duration = .seconds(30)
    package var serviceName: String?
    /// What the operator tells of this process, by name.
    package var resource: [SpanAttribute] = []
    /// One line for each variable that is ignored.
    package var warnings: [String] = []

    /// Nothing is exported.
    package init() {}

    /// Reads the variables. One with a bad value is ignored, with a warning, as the specification asks.
    package init(environment: [String: String]) {
        var reading = EnvironmentReading(environment)
        defer { warnings = reading.warnings }
        if reading.flag("OTEL_SDK_DISABLED") { return }
        switch reading["OTEL_TRACES_EXPORTER"] {
        case nil, "otlp"?: break
        case "none"?: return
        case let other?:
            reading.ignore("OTEL_TRACES_EXPORTER", because: "this node has otlp and none (got \(other))")
        }
        endpoint = reading.endpoint
        readExport(&reading)
        if let rule = reading.sampler { sampler = rule }
        serviceName = reading["OTEL_SERVICE_NAME"]
        let name = "OTEL_RESOURCE_ATTRIBUTES"
        resource = reading.pairs(name).map { SpanAttribute($0.name, text: $0.value) }
    }

    private mutating func readExport(_ reading: inout EnvironmentReading) {
        for name in ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"] {
            guard let other = reading[name], other != "http/protobuf" else { continue }
            reading.ignore(name, because: "this node speaks http/protobuf (got \(other))")
        }
        for name in ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"] {
            guard let other = reading[name], other != "none" else { continue }
            reading.ignore(name, because: "this node does not compress (got \(other))")
        }
        let headerName = reading.firstSet(
            of: "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
            "OTEL_EXPORTER_OTLP_HEADERS"
        )
        if let headerName { headers = reading.headers(headerName) }
        authorities =
            reading["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE"] ?? reading["OTEL_EXPORTER_OTLP_CERTIFICATE"]
        let timeout = reading.firstSet(
            of: "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
            "OTEL_EXPORTER_OTLP_TIMEOUT"
        )
        if let timeout, let time = reading.milliseconds(timeout) { requestTimeout = time }
        if let time = reading.milliseconds("OTEL_BSP_SCHEDULE_DELAY") { delay = time }
        if let time = reading.milliseconds("OTEL_BSP_EXPORT_TIMEOUT") { exportTimeout = time }
        let queue = reading.count("OTEL_BSP_MAX_QUEUE_SIZE") ?? limits.queue
        let name = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"
        var batch = reading.count(name)
        if let wanted = batch, wanted > queue {
            reading.ignore(name, because: "no batch is larger than the queue of \(queue)")
            batch = nil
        }
        limits = SpanBatcher.Limits(queue: queue, batch: batch ?? limits.batch)
    }
}

extension EnvironmentReading {
    /// Where spans are sent; nil where no endpoint is named, or none that can be used.
    fileprivate var endpoint: OTLPEndpoint? {
        mutating get {
            let own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
            let shared = "OTEL_EXPORTER_OTLP_ENDPOINT"
            guard let name = firstSet(of: own, shared), let text = self[name] else { return nil }
            guard let endpoint = OTLPEndpoint(text, signalPath: name == shared ? "v1/traces" : nil) else {
                ignore(name, because: "not a URL such as http://127.0.0.1:4318; no span is exported")
                return nil
            }
            return endpoint
        }
    }

    /// Nil where none is named, or none that there is.
    fileprivate var sampler: Sampler? {
        mutating get {
            let name = "OTEL_TRACES_SAMPLER"
            switch self[name] {
            case nil: return nil
            case "always_on"?: return Sampler(.always, followsParent: false)
            case "always_off"?: return Sampler(.never, followsParent: false)
            case "traceidratio"?: return Sampler(ratio, followsParent: false)
            case "parentbased_always_on"?: return Sampler(.always, followsParent: true)
            case "parentbased_always_off"?: return Sampler(.never, followsParent: true)
            case "parentbased_traceidratio"?: return Sampler(ratio, followsParent: true)
            case let other?:
                ignore(
                    name,
                    because: "no sampler of this node; parentbased_always_off is used (got \(other))"
                )
                return nil
            }
        }
    }

    /// All, where there is no argument that says otherwise: the specification's default.
    private var ratio: Sampler.Rule {
        mutating get {
            let name = "OTEL_TRACES_SAMPLER_ARG"
            guard let text = self[name] else { return .always }
            guard let ratio = Double(text), (0...1).contains(ratio) else {
                ignore(name, because: "not a number from 0 to 1; 1 is used (got \(text))")
                return .always
            }
            return Sampler.Rule(ratio: ratio)
        }
    }
}
