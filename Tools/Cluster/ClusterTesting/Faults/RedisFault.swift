internal import ServerTesting

/// A fault of the Redis server.
package enum RedisFault: Sendable, Hashable {
    /// Redis is killed, and restarted when the fault ends.
    case killed
    /// Redis is stopped (SIGSTOP) until the fault ends.
    case paused
    /// Redis drops all cached scripts repeatedly.
    case scriptsFlushed
    /// Redis closes all client connections repeatedly.
    case clientsKilled
    /// Redis is killed and restarted with a truncated append-only file.
    case tailLost
    /// Redis deletes all data.
    case flushed

    /// True if Redis may lose acknowledged writes, so that only live owners still have them.
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
        case .scriptsFlushed: "scripts flushed repeatedly"
        case .clientsKilled: "clients killed repeatedly"
        case .tailLost: "killed, end of its file lost"
        case .flushed: "flushed"
        }
    }
}

extension Cluster {
    /// Injects a fault into Redis and returns when the fault is over.
    func inject(_ fault: RedisFault, for length: Duration) async throws {
        let clock = ContinuousClock()
        let end = clock.now + length
        switch fault {
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
                try await clock.sleep(for: NetworkFault.interval)
            }
        case .clientsKilled:
            while clock.now < end {
                redis.command("CLIENT", "KILL", "TYPE", "normal")
                try await clock.sleep(for: NetworkFault.interval)
            }
        }
    }
}
