internal import RedisClient
internal import Timing

/// The times to live of untouched records, as arguments of scripts.
struct Retention {
    /// Of a record without a commit: long enough to be used, short enough not to accumulate.
    static let uncommitted = argument(.seconds(3_600))

    /// Of records that do not have their own.
    let usual: RedisArgument
    /// Of this record; an empty text for the usual one.
    let own: RedisArgument
    /// The least of a record that has its own.
    let least: RedisArgument

    init(usual: Duration, own: Duration? = nil, least: Duration = .zero) {
        self.usual = Self.argument(usual)
        self.own = Self.own(own)
        self.least = Self.argument(least)
    }

    /// A record's own time to live; an empty text for nil, the usual one.
    static func own(_ duration: Duration?) -> RedisArgument { duration.map(argument) ?? "" }

    /// Milliseconds within the range that `PEXPIRE` always accepts: 1 to a century.
    static func milliseconds(_ duration: Duration) -> Int64 {
        min(max(duration, .milliseconds(1)), .seconds(100 * 365 * 86_400)).wholeMilliseconds
    }

    private static func argument(_ duration: Duration) -> RedisArgument { .integer(milliseconds(duration)) }
}
