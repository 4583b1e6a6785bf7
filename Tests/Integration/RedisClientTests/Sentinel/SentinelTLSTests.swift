import ServerTesting
import Testing

@testable import RedisClient

/// Sentinels and servers with certificates for a name, and for no address.
@Suite(.timeLimit(.minutes(1))) struct SentinelTLSTests {
    /// Runs `body` with a server and a sentinel that announces it.
    ///
    /// - Parameter host: what the sentinel announces.
    private func withSentinel(
        announcing host: String,
        _ body: (_ url: String) async throws -> Void
    ) async throws {
        let ports = (server: try FreePort.find(), sentinel: try FreePort.find())
        try await RedisServerFixture.with(prepare: { try encryption(in: $0, at: ports.server) }) { server in
            let (certificate, key) = (server.directory + "/cert.pem", server.directory + "/key.pem")
            var options = RedisServerFixture.Options()
            options.settings = encryption(with: certificate, key: key, at: ports.sentinel)
            options.settings += ["--tls-replication", "yes"]
            options.sentinel = [
                "sentinel resolve-hostnames yes", "sentinel announce-hostnames yes",
                "sentinel monitor carts \(host) \(ports.server) 1",
            ]
            try await RedisServerFixture.with(options) { _ in
                try await body("rediss+sentinel://localhost:\(ports.sentinel)/carts?cacert=\(certificate)")
            }
        }
    }

    private func reaches(_ url: String) async throws {
        try await withConnectedClient(RedisConfiguration(url: url)) { client in
            #expect(await client.outcome("SET", ["a", "1"]) == .success(.simple("OK")))
        }
    }

    private func refuses(_ url: String, because text: String) async throws {
        try await withClient(RedisConfiguration(url: url)) { client in
            await client.isRefused(because: text)
            guard case .notConnected = await client.failure("PING") else {
                Issue.record("a command was sent")
                return
            }
        }
    }

    @Test func `an announced address needs the name in the certificate, and is not believed without`()
        async throws
    {
        try await withSentinel(announcing: "127.0.0.1") { url in
            try await refuses(url, because: "handshake failed")
            try await reaches(url + "&tlsname=localhost")
            // That is also the name of the sentinels then.
            try await refuses(url + "&tlsname=elsewhere.example", because: "no sentinel answers")
        }
    }

    @Test func `an announced name is the one in the certificate`() async throws {
        try await withSentinel(announcing: "localhost") { try await reaches($0) }
    }
}
