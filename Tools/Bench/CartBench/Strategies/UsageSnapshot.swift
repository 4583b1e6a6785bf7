import ProcessMeasurement

/// The resources used up to an instant, by this process and by Redis.
struct UsageSnapshot: Sendable {
    let at: ContinuousClock.Instant
    let server: RedisUsage
    /// Processor time of this process.
    let processorTime: Duration

    init(_ node: BenchNode) async throws {
        server = try await RedisUsage(of: node.redis)
        processorTime = ProcessUsage.processorTime
        at = .now
    }

    static func - (later: UsageSnapshot, earlier: UsageSnapshot) -> UsageDelta {
        UsageDelta(
            seconds: (later.at - earlier.at) / .seconds(1),
            received: later.server.received - earlier.server.received,
            sent: later.server.sent - earlier.server.sent,
            appended: later.server.appended - earlier.server.appended,
            redis: later.server.processor - earlier.server.processor,
            node: (later.processorTime - earlier.processorTime) / .seconds(1)
        )
    }
}

/// The resources used between two instants.
struct UsageDelta: Sendable {
    let seconds: Double
    /// Bytes that Redis received, sent, and wrote to its append-only file.
    let received, sent, appended: Double
    /// Processor time of Redis and of this process, in seconds.
    let redis, node: Double
}
