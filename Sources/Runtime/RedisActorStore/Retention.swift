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

    init(usual: Duration, own: Duration? = nil) {
        self.usual = Self.argument(usual)
        self.own = own.map(Self.argument) ?? ""
    }

    /// Milliseconds within the range that `PEXPIRE` always accepts: 1 to a century.
    private static func argument(_ duration: Duration) -> RedisArgument {
        let bounded = min(max(duration, .milliseconds(1)), .seconds(100 * 365 * 86_400))
        return .integer(bounded.wholeMilliseconds)
    }
}
