package import RedisClient

// A Redis whose primary sentinels may replace.

extension NodeSettings {
    /// The default lease with sentinels: longer than a fail-over, so that sessions outlive it and live owners put
    /// back what the promoted replica lacks.
    private static let failoverLease: Duration = .seconds(10)

    /// The default time for a drain that waits for such a lease at its end.
    private static let failoverDrainBudget: Duration = .seconds(35)

    /// Fills in the defaults that differ with sentinels.
    mutating func completeFailover() {
        guard redis.hasSentinels else { return }
        if !given.contains("redis-replicas") { redis.replicas = 1 }
        if !given.contains("lease-length") { lease.length = Self.failoverLease }
        if !given.contains("drain-budget") { shutdown.drainBudget = Self.failoverDrainBudget }
    }

    /// What is given about sentinels and has no effect.
    ///
    /// - Returns: a line for the log for each.
    func idleFailoverSettings() -> [String] {
        guard redis.hasSentinels else {
            let idle = [
                ("sentinel-user", !redis.sentinelUser.isEmpty),
                ("sentinel-password", !redis.sentinelPassword.revealed.isEmpty),
                ("unsafe-failover", redis.allowsUnsafeFailover),
            ]
            return idle.filter(\.1).map {
                "\($0.0) has no effect: redis-url names no sentinels (redis+sentinel://host,host/NAME)"
            }
        }
        guard !redis.sentinelUser.isEmpty, redis.sentinelPassword.revealed.isEmpty else { return [] }
        return [
            "sentinel-user has no effect without a sentinel-password: nodes are the sentinels' default user"
        ]
    }

    /// A primary that comes back after its replacement answers on. Only the replicas, which have left it, keep
    /// it from extending leases.
    func checkFailover() throws(BadSetting) {
        guard redis.hasSentinels, redis.replicas == 0, !redis.allowsUnsafeFailover else { return }
        throw BadSetting(
            "redis-replicas",
            problem: "does not fit (got \"0\", expected at least 1 with sentinels, because a primary that "
                + "comes back after its replacement would be believed; or unsafe-failover)"
        )
    }
}

extension NodeSettings.RedisSettings {
    /// True if sentinels tell which server is the primary.
    package var hasSentinels: Bool {
        switch server {
        case .url(let configuration): configuration.sentinels != nil
        case .embedded: false
        }
    }

    /// The server with the limits and the credentials of these settings.
    package func settled(_ server: RedisConfiguration) -> RedisConfiguration {
        var server = server
        server.commandTimeout = commandTimeout
        server.connectTimeout = connectTimeout
        let password = sentinelPassword.revealed.isEmpty ? nil : sentinelPassword
        server.identifyAtSentinels(user: sentinelUser.isEmpty ? nil : sentinelUser, password: password)
        return server
    }
}
