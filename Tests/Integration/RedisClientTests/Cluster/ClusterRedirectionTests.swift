import Testing

@testable import RedisClient

@Suite struct ClusterRedirectionTests {
    private static func redirection(_ reply: String) -> ClusterRedirection? {
        ClusterRedirection(RedisServerError(reply: reply))
    }

    @Test(arguments: [
        ("10.0.0.1:7000", "10.0.0.1", 7000), ("::1:7000", "::1", 7000), ("[::1]:7000", "::1", 7000),
        ("redis-3.example:6379", "redis-3.example", 6379), (":6381", "seed", 6381),
    ])
    func `the address is read, and an empty host is the one that was asked`(
        text: String,
        host: String,
        port: Int
    ) throws {
        for kind in [ClusterRedirection.Kind.moved, .ask] {
            let redirection = try #require(Self.redirection("\(kind.rawValue) 3999 \(text)"))
            #expect(redirection.kind == kind && redirection.slot == 3_999)
            #expect(redirection.address.resolved(asking: "seed") == ServerAddress(host: host, port: port))
        }
    }

    @Test func `a question mark is no host`() throws {
        let redirection = try #require(Self.redirection("MOVED 1 ?:6381"))
        #expect(redirection.address.host == .unknown && redirection.address.resolved(asking: "seed") == nil)
    }

    @Test(arguments: [
        "MOVED", "MOVED ", "MOVED 1", "MOVED 1 ", "MOVED 1 host", "MOVED 1 host:", "MOVED 1 host:0",
        "MOVED 1 host:65536", "MOVED 1 host:-1", "MOVED 16384 host:1", "MOVED -1 host:1", "MOVED x host:1",
        "MOVED  1 host:1", "MOVED 1 host:1 ", "MOVED 1 ho st:1", "MOVED 1 ho\u{0}st:1", "ERR MOVED 1 host:1",
        "TRYAGAIN 1 host:1", "MOVED 1 hôst:1",
    ])
    func `anything else is no redirection`(reply: String) {
        #expect(Self.redirection(reply) == nil)
    }

    @Test func `a host has a limit`() {
        #expect(Self.redirection("ASK 1 \(String(repeating: "h", count: 255)):1") != nil)
        #expect(Self.redirection("ASK 1 \(String(repeating: "h", count: 256)):1") == nil)
    }
}
