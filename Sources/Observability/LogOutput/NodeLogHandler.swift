import LogEvents
package import Logging
import Synchronization
import Timing

/// The log of a node: gives every line its form and what is known of the node, and leaves it to the writer.
/// Lines of libraries come the same way.
package struct NodeLogHandler: LogHandler {
    /// What all loggers of a process share.
    package final class Shared: Sendable {
        private static let libraryInterval: Duration = .seconds(10)

        package let format: LogFormat
        let redaction: LogRedaction
        package let node: String
        let writer: LogWriter
        /// Holds libraries to the same rule as the node's own code.
        let libraryThrottle = LogThrottle(interval: libraryInterval)
        private let currentSession = Mutex<String?>(nil)

        /// - Parameters:
        ///   - output: a file descriptor that stays open.
        ///   - namesActors: true if the ids of actors may be logged.
        package init(
            to output: Int32,
            as format: LogFormat,
            node: String,
            namesActors: Bool,
            policy: LogWriter.Policy = LogWriter.Policy()
        ) {
            self.format = format
            self.node = node
            redaction = LogRedaction(namesActors: namesActors)
            writer = LogWriter(to: output, policy: policy) { lost in
                format.line(
                    of: LogRecord(
                        of: .linesLost,
                        details: ["node": .text(node), "lines": .number("\(lost)")]
                    )
                )
            }
        }

        /// The node's session, which every line names that has no other.
        package var session: String? {
            get { currentSession.withLock { $0 } }
            set { currentSession.withLock { $0 = newValue } }
        }
    }

    package var metadata = Logger.Metadata()
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel = Logger.Level.info
    private let shared: Shared

    package init(_ shared: Shared, metadataProvider: Logger.MetadataProvider? = nil) {
        self.shared = shared
        self.metadataProvider = metadataProvider
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var found = metadata
        if let provided = metadataProvider?.get() { found.merge(provided) { $1 } }
        if let given = event.metadata { found.merge(given) { $1 } }
        if let error = event.error { found["cause"] = "\(error)" }
        let own = found.removeValue(forKey: LoggedEvent.metadataKey)
        if own == nil {
            if event.level > .info {
                let key = "\(event.source): \(event.message)"
                guard let suppressed = shared.libraryThrottle.admit(key, now: .now) else { return }
                if suppressed > 0 { found["suppressed"] = .number(suppressed) }
            }
            found["source"] = "\(event.source)"
        }
        var details = found.mapValues { LogRecord.Field.Value($0) }
        if details["node"] == nil { details["node"] = .text(shared.node) }
        if details["session"] == nil, let session = shared.session { details["session"] = .text(session) }
        var message = event.message.description
        shared.redaction.apply(to: &details, and: &message)
        let record = LogRecord(
            time: .now,
            level: event.level,
            event: own.map { "\($0)" } ?? LoggedEvent.libraryMessage.rawValue,
            message: message,
            details: details
        )
        shared.writer.write(shared.format.line(of: record))
    }
}

extension NodeLogHandler.Shared {
    /// Writes what waits before the process ends.
    package func close() { writer.close() }
}
