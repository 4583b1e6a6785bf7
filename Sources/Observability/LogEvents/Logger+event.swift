package import Logging
package import Timing

extension Logger {
    /// Logs an event with its own level and message.
    ///
    /// - Parameter details: the circumstances, by names in camel case. An actor's id stands under `actor` and
    ///   nowhere else, so that it can be left out.
    package func event(
        _ event: LoggedEvent,
        _ details: @autoclosure () -> Metadata = [:],
        file: String = #fileID,
        function: String = #function,
        line: UInt = #line
    ) {
        guard logLevel <= event.level else { return }
        var metadata = details()
        metadata[LoggedEvent.metadataKey] = "\(event.rawValue)"
        log(
            level: event.level,
            "\(event.sentence)",
            metadata: metadata,
            file: file,
            function: function,
            line: line
        )
    }

    /// Logs an event that others can cause as often as they like: suppresses some of the lines, and says in
    /// the next one how many there were (`suppressed`).
    ///
    /// - Parameters:
    ///   - key: lines with different keys do not suppress each other.
    ///   - now: the present time.
    /// - Returns: false if the line was left out.
    @discardableResult
    package func event(
        _ event: LoggedEvent,
        limitedBy throttle: LogThrottle,
        key: String = "",
        now: ContinuousClock.Instant = .now,
        _ details: @autoclosure () -> Metadata = [:],
        file: String = #fileID,
        function: String = #function,
        line: UInt = #line
    ) -> Bool {
        guard logLevel <= event.level, let suppressed = throttle.admit(key, now: now) else { return false }
        var details = details()
        details["suppressed"] = .number(suppressed)
        self.event(event, details, file: file, function: function, line: line)
        return true
    }
}

extension LoggedEvent {
    /// The name under which a line's metadata carries the event.
    package static let metadataKey = "event"
}

extension Logger.MetadataValue {
    /// A number, which a log for programs shows as one.
    package static func number(_ value: Int) -> Self { .stringConvertible(value) }

    /// A duration in whole milliseconds, for a detail whose name ends in `Milliseconds`.
    package static func milliseconds(_ duration: Duration) -> Self {
        .stringConvertible(duration.wholeMilliseconds)
    }
}
