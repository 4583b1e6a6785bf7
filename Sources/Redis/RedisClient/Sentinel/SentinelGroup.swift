/// The sentinels that tell which server is the primary, and what they call it.
package struct SentinelGroup: Sendable, Equatable {
    /// The port of a sentinel for which none is named.
    package static let defaultPort = 26_379

    /// The name under which the sentinels watch the primary (`sentinel monitor NAME …`).
    package var primary: String
    /// Sentinels to ask first. They tell the others: two have to name one, unless only one is given.
    package var seeds: [ServerAddress]
    /// The user at the sentinels; nil for their `default`.
    package var user: String?
    /// The password at the sentinels, which is not that of the servers; nil if they ask for none.
    package var password: Secret?

    package init(primary: String, seeds: [ServerAddress]) {
        self.primary = primary
        self.seeds = seeds
    }
}

extension RedisConfiguration {
    /// The sentinels to ask for the server; nil for a server at an address.
    package var sentinels: SentinelGroup? {
        switch address {
        case .sentinels(let group): group
        case .tcp, .unix, .cluster: nil
        }
    }

    /// Sets the credentials at the sentinels. Has no effect on a server at an address.
    package mutating func identifyAtSentinels(user: String?, password: Secret?) {
        guard var group = sentinels else { return }
        group.user = user
        group.password = password
        address = .sentinels(group)
    }

    /// The longest time for which a round of questions waits for one sentinel, whatever the servers are given.
    private static let sentinelPatience: Duration = .seconds(1)

    /// The way to one sentinel of the group.
    func sentinel(_ sentinel: ServerAddress, of group: SentinelGroup) -> RedisConfiguration {
        var configuration = RedisConfiguration(address: .tcp(host: sentinel.host, port: sentinel.port))
        configuration.expectedServer = .sentinel
        configuration.user = group.user
        configuration.password = group.password
        configuration.tls = tls
        configuration.clientName = clientName
        configuration.connectTimeout = min(connectTimeout, Self.sentinelPatience)
        configuration.commandTimeout = min(commandTimeout, Self.sentinelPatience)
        configuration.backoffMinimum = backoffMinimum
        configuration.backoffMaximum = .seconds(1)
        configuration.replyByteLimit = 1 << 20
        return configuration
    }
}
