internal import Redis

/// How long records live in Redis without being touched, as scripts are told.
enum Retention {
    /// How long an actor without a commit lives: long enough to be used, too short to pile up.
    static let uncommitted: Duration = .seconds(3_600)

    /// Milliseconds as `PEXPIRE` takes them without fail: 1 to a century.
    static func argument(_ duration: Duration) -> RedisArgument {
        let bounded = min(max(duration, .milliseconds(1)), .seconds(100 * 365 * 86_400))
        let (seconds, attoseconds) = bounded.components
        return .integer(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
