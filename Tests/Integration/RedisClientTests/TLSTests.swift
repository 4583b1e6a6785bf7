import ServerTesting
import Testing

@testable import RedisClient

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    /// A server that speaks only TLS, with a certificate of its own for `localhost` and nothing else.
    private func withServer(_ body: (_ port: Int, _ authorities: String) async throws -> Void) async throws {
        let port = try FreePort.find()
        try await RedisServerFixture.with(prepare: { try encryption(in: $0, at: port) }) { server in
            try await body(port, server.directory + "/cert.pem")
        }
    }

    @Test func `a server with a certificate that we trust is spoken to`() async throws {
        try await withServer { port, authorities in
            for url in [
                "rediss://localhost:\(port)?ca=\(authorities)",
                "rediss://127.0.0.1:\(port)?ca=\(authorities)&verify=certificate",
                "rediss://127.0.0.1:\(port)?verify=none",
            ] {
                try await withConnectedClient(RedisConfiguration(url: url)) { client in
                    let bytes = [UInt8](repeating: 7, count: 300_000)
                    #expect(await client.outcome("ECHO", [.bytes(bytes)]) == .success(.bulk(bytes)))
                }
            }
        }
    }

    @Test func `a server with a certificate that we do not trust is not spoken to`() async throws {
        try await withServer { port, authorities in
            for url in ["rediss://localhost:\(port)", "rediss://127.0.0.1:\(port)?ca=\(authorities)"] {
                try await withClient(RedisConfiguration(url: url)) { client in
                    await client.isRefused(because: "handshake failed")
                    guard case .notConnected = await client.failure("PING") else {
                        Issue.record("a command was sent")
                        return
                    }
                }
            }
        }
    }

    @Test(arguments: ["ca=/nowhere.pem", "cert=/nowhere.pem&key=/nowhere.key"])
    func `a certificate that cannot be read ends the client before its first attempt, and is named`(
        parameters: String
    ) async throws {
        let error = await #expect(throws: RedisFileError.self) {
            try await withClient(RedisConfiguration(url: "rediss://localhost?\(parameters)")) { client in
                await client.becomes { $0 == .disconnected(reason: DisconnectReason.shutDown.reason) }
            }
        }
        #expect(error?.file == "/nowhere.pem")
    }

    @Test func `a server without encryption is not mistaken for one with it`() async throws {
        try await HostileServer.with { server in
            var configuration = server.configuration
            configuration.tls = .init(verification: .none)
            try await withClient(configuration) { await $0.isRefused(because: "handshake failed") }
        }
    }
}
