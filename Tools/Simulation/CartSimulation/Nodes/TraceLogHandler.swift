internal import Logging

/// Writes a node's log messages to the trace of its simulation.
struct TraceLogHandler: LogHandler {
    let scheduler: Scheduler
    let name: String
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .critical

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let details = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        scheduler.trace.remark(
            at: scheduler.now,
            "\(name): \(event.message) \(details.joined(separator: " "))"
        )
    }
}
