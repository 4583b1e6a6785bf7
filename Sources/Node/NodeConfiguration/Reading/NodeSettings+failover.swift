package import RedisClient

// A Redis whose primaries may be replaced, by sentinels or by a Redis Cluster.

extension NodeSettings {
    /// The default lease with sentinels: longer than a fail-over, so that sessions outlive it and live owners put
    /// back what the promoted replica lacks.
    private static let failoverLease: Duration = .seconds(10)

    /// The default time for a drain that waits for such a lease at its end.
    private static let failoverDrainBudget: Duration = .seconds(35)

    /// The default lease with a Redis Cluster: longer than a fail-over with the default `cluster-node-timeout` of 15 s.
    private static let clusterLease: Duration = .seconds(20)

    /// The default time for a drain that waits for such a lease at its end.
    private static let clusterDrainBudget: Duration = .seconds(55)

    /// Fills in the defaults that differ with sentinels and with a Redis Cluster.
    mutating func completeFailover() {
        if redis.isCluster {
            if !given.contains("lease-length") { lease.length = Self.clusterLease }
            if !given.contains("drain-budget") { shutdown.drainBudget = Self.clusterDrainBudget }
        }
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
        if redis.isCluster, redis.replicas > 0 {
            throw BadSetting(
                "redis-replicas",
                problem: "does not fit (got \"\(redis.replicas)\", expected 0 with a Redis Cluster, "
                    + "whose primaries confirm each other)"
            )
        }
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

    /// True for a Redis Cluster.
    package var isCluster: Bool {
        switch server {
        case .url(let configuration): configuration.cluster != nil
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
