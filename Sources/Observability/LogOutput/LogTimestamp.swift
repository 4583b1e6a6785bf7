#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A moment in UTC to the millisecond, as logs write it (RFC 3339).
package struct LogTimestamp: Sendable, Hashable, CustomStringConvertible {
    /// Since 1970, without leap seconds.
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The present time of the machine's clock.
    package static var now: LogTimestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTimestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// `2026-11-28T10:15:30.250Z`.
    package var description: String {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        var whole = time_t(rest < 0 ? seconds - 1 : seconds)
        var parts = tm()
        guard gmtime_r(&whole, &parts) != nil else { return "1970-01-01T00:00:00.000Z" }
        let date = [
            Self.digits(Int(parts.tm_year) + 1_900, width: 4), Self.digits(Int(parts.tm_mon) + 1, width: 2),
            Self.digits(Int(parts.tm_mday), width: 2),
        ]
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { Self.digits(Int($0), width: 2) }
        let fraction = Self.digits(Int(rest < 0 ? rest + 1_000 : rest), width: 3)
        return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "." + fraction + "Z"
    }

    private static func digits(_ number: Int, width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
