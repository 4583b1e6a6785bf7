internal import RedisClient

/// How long a record lives in Redis without being touched, as scripts are told.
struct Retention {
    /// An actor without a commit: long enough to be used, too short to pile up.
    static let uncommitted = argument(.seconds(3_600))

    /// Every record that does not say it itself.
    let usual: RedisArgument
    /// This record, or an empty text where it lives as long as others.
    let own: RedisArgument

    init(usual: Duration, own: Duration? = nil) {
        self.usual = Self.argument(usual)
        self.own = own.map(Self.argument) ?? ""
    }

    /// Milliseconds as `PEXPIRE` takes them without fail: 1 to a century.
    private static func argument(_ duration: Duration) -> RedisArgument {
        let bounded = min(max(duration, .milliseconds(1)), .seconds(100 * 365 * 86_400))
        let (seconds, attoseconds) = bounded.components
        return .integer(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
