/// What was spent up to a moment, here and in Redis.
struct UsageSnapshot: Sendable {
    let at: ContinuousClock.Instant
    let server: RedisUsage
    /// Processor time of this process, seconds.
    let processor: Double

    init(_ node: BenchNode) async throws {
        server = try await RedisUsage(of: node.redis)
        processor = ProcessUsage.processor
        at = .now
    }

    static func - (later: UsageSnapshot, earlier: UsageSnapshot) -> UsageDelta {
        UsageDelta(
            seconds: (later.at - earlier.at) / .seconds(1),
            received: later.server.received - earlier.server.received,
            sent: later.server.sent - earlier.server.sent,
            appended: later.server.appended - earlier.server.appended,
            redis: later.server.processor - earlier.server.processor,
            node: later.processor - earlier.processor
        )
    }
}

/// What was spent between two moments.
struct UsageDelta: Sendable {
    let seconds: Double
    /// Bytes that Redis was sent, and that it answered, and that it wrote to its append-only file.
    let received, sent, appended: Double
    /// Processor time in seconds, of Redis and of this process.
    let redis, node: Double
}
