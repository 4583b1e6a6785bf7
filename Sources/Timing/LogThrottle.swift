internal import Synchronization

/// Limits how often a line is logged, so that others cannot fill the log.
package final class LogThrottle: Sendable {
    private struct Line {
        var last: ContinuousClock.Instant
        var suppressed = 0
    }

    /// The most lines that are told apart. Further ones count as one.
    private static let lineLimit = 64

    private let interval: Duration
    private let lines = Mutex<[String: Line]>([:])

    /// - Parameter interval: the shortest time between two lines with one key.
    package init(interval: Duration) {
        self.interval = interval
    }

    /// Decides about one line.
    ///
    /// - Parameter key: what the line is about; lines with different keys do not suppress each other.
    /// - Returns: nil if the line has to be suppressed; otherwise the number of lines suppressed since the
    ///   last one.
    package func admit(_ key: String = "", now: ContinuousClock.Instant) -> Int? {
        lines.withLock { lines in
            let key = Self.place(of: key, among: &lines, now: now, interval: interval)
            if let line = lines[key], line.last.duration(to: now) < interval {
                lines[key]?.suppressed += 1
                return nil
            }
            let suppressed = lines[key]?.suppressed ?? 0
            lines[key] = Line(last: now)
            return suppressed
        }
    }

    /// The key itself as long as there is room; makes room by forgetting lines that are over, and after long
    /// also what they suppressed.
    private static func place(
        of key: String,
        among lines: inout [String: Line],
        now: ContinuousClock.Instant,
        interval: Duration
    ) -> String {
        guard lines[key] == nil, lines.count >= lineLimit else { return key }
        lines = lines.filter { _, line in
            line.last.duration(to: now) < (line.suppressed > 0 ? interval * 64 : interval)
        }
        return lines.count < lineLimit ? key : ""
    }
}
