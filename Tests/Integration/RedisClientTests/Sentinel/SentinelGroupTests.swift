import Testing

@testable import RedisClient

/// The way to one sentinel.
@Suite struct SentinelGroupTests {
    private static let place = ServerAddress(host: "sentinel", port: 26_379)

    @Test(arguments: [
        (Duration.milliseconds(300), Duration.milliseconds(300)), (.seconds(1), .seconds(1)),
        (.seconds(30), .seconds(1)),
    ])
    func `a silent sentinel holds a round up for a second at most`(servers: Duration, sentinels: Duration)
        throws
    {
        var configuration = try RedisConfiguration(url: "redis+sentinel://sentinel/carts")
        configuration.commandTimeout = servers
        configuration.connectTimeout = servers
        let group = try #require(configuration.sentinels)
        let own = configuration.sentinel(Self.place, of: group)
        #expect(own.commandTimeout == sentinels && own.connectTimeout == sentinels)
    }

    @Test func `a sentinel gets its own credentials and the servers' encryption`() throws {
        var configuration = try RedisConfiguration(
            url: "rediss+sentinel://servers:s3cret@sentinel/carts/3?tlsname=redis.example"
        )
        configuration.identifyAtSentinels(user: "cart", password: Secret("other"))
        let group = try #require(configuration.sentinels)
        let own = configuration.sentinel(Self.place, of: group)
        #expect(own.address == .tcp(host: "sentinel", port: 26_379))
        #expect(own.user == "cart" && own.password == Secret("other") && own.database == 0)
        #expect(own.tls == configuration.tls && own.expectedServer == .sentinel)
    }
}
