package import RedisClient

/// The way to a Redis server, without any secret.
package struct ServerFacts: Sendable, Equatable {
    /// The server as a URL without the password.
    package var address: String
    /// True for this machine: a Unix socket, or the loopback.
    package var isLocal: Bool
    package var isEncrypted: Bool
    package var verification: RedisConfiguration.Verification?
    package var hasPassword: Bool
    package var database: Int

    package init(_ configuration: RedisConfiguration) {
        address = "\(configuration)"
        isEncrypted = configuration.tls != nil
        verification = configuration.tls?.verification
        hasPassword = configuration.password?.revealed.isEmpty == false
        database = configuration.database
        isLocal =
            switch configuration.address {
            case .unix: true
            case .tcp(let host, _): Self.isLoopback(host)
            case .sentinels(let group): group.seeds.allSatisfy { Self.isLoopback($0.host) }
            case .cluster(let seeds): seeds.addresses.allSatisfy { Self.isLoopback($0.host) }
            }
    }

    /// True for names and addresses of the loopback.
    static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        return ["localhost", "::1", "ip6-localhost"].contains(host) || host.hasSuffix(".localhost")
            || host.hasPrefix("127.") || host.hasPrefix("::ffff:127.")
    }
}
