internal import RedisClient
internal import Timing

/// The times to live of untouched records, as arguments of scripts: in milliseconds.
struct Retention: Sendable {
    /// Of a record without a commit: long enough to be used, short enough not to accumulate.
    static let uncommittedLife: Duration = .seconds(3_600)
    static let uncommitted = milliseconds(uncommittedLife)

    /// Of records that do not have their own.
    let usual: UInt64
    /// Of this record; nil for the usual one.
    let own: UInt64?
    /// The least of a record that has its own.
    let least: UInt64

    init(usual: Duration, own: Duration? = nil, least: Duration = .zero) {
        self.usual = Self.milliseconds(usual)
        self.own = own.map(Self.milliseconds)
        self.least = Self.milliseconds(least)
    }

    /// Milliseconds within the range that `PEXPIRE` always accepts: 1 to a century.
    static func milliseconds(_ duration: Duration) -> UInt64 {
        UInt64(min(max(duration, .milliseconds(1)), .seconds(100 * 365 * 86_400)).wholeMilliseconds)
    }
}

extension RedisCommandWriter {
    /// Appends a record's own time to live: an empty text for the usual one.
    mutating func append(life milliseconds: UInt64?) {
        if let milliseconds { append(milliseconds) } else { append("") }
    }
}
