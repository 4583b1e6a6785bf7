internal import ServerTesting

/// What befalls Redis.
package enum RedisFault: Sendable, Hashable {
    /// It is killed, and started again when the fault ends.
    case killed
    case paused
    /// It forgets all scripts, again and again.
    case scriptsFlushed
    /// It closes all its clients' connections, again and again.
    case clientsKilled
    /// It is killed, and comes back without the end of its file.
    case tailLost
    case flushed

    /// Whether it may lose what it acknowledged, so that only live owners still have it.
    package var losesData: Bool {
        switch self {
        case .tailLost, .flushed: true
        case .killed, .paused, .scriptsFlushed, .clientsKilled: false
        }
    }
}

extension RedisFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .killed: "killed"
        case .paused: "paused"
        case .scriptsFlushed: "without scripts again and again"
        case .clientsKilled: "without clients again and again"
        case .tailLost: "killed, the end of its file lost"
        case .flushed: "flushed"
        }
    }
}

extension Cluster {
    /// Has it happen to Redis, and returns when it is over.
    func injectIntoRedis(_ trouble: RedisFault, for length: Duration) async throws {
        let clock = ContinuousClock()
        let end = clock.now + length
        switch trouble {
        case .killed:
            await redis.kill()
            try await clock.sleep(until: end)
            try await redis.start()
        case .paused:
            defer { redis.resume() }
            redis.pause()
            try await clock.sleep(until: end)
        case .tailLost:
            await redis.kill()
            try redis.cutTail(keeping: 0.5)
            try await redis.start()
        case .flushed:
            redis.command("FLUSHALL")
        case .scriptsFlushed:
            while clock.now < end {
                redis.command("SCRIPT", "FLUSH")
                try await clock.sleep(for: NetworkFault.beat)
            }
        case .clientsKilled:
            while clock.now < end {
                redis.command("CLIENT", "KILL", "TYPE", "normal")
                try await clock.sleep(for: NetworkFault.beat)
            }
        }
    }
}
