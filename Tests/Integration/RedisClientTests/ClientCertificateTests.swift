import Foundation
import ServerTesting
import Testing

@testable import RedisClient

/// A server that asks its clients for certificates, as Redis does by default once it speaks TLS.
@Suite(.timeLimit(.minutes(1))) struct ClientCertificateTests {
    /// Runs a test with such a server. It trusts the authority `ca.pem` in its folder, which has signed
    /// `server.pem` and `client.pem`; `stranger.pem` has signed itself.
    private func withServer(_ body: (_ port: Int, _ folder: String) async throws -> Void) async throws {
        let port = try FreePort.find()
        try await RedisServerFixture.with(
            prepare: { folder in
                try Self.signItself("ca", in: folder)
                try Self.signItself("stranger", in: folder)
                try Self.sign("server", in: folder)
                try Self.sign("client", in: folder)
                return [
                    "--tls-port", "\(port)", "--tls-ca-cert-file", folder + "/ca.pem",
                    "--tls-cert-file", folder + "/server.pem", "--tls-key-file", folder + "/server.key",
                ]
            }
        ) { server in try await body(port, server.directory) }
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private static func signItself(_ name: String, in folder: String) throws {
        let files = ["-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem"]
        try runToEnd(["openssl", "req", "-x509"] + newKey + ["-days", "2", "-subj", "/CN=\(name)"] + files)
    }

    private static func sign(_ name: String, in folder: String) throws {
        let files = ["-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).csr"]
        try runToEnd(["openssl", "req", "-new"] + newKey + ["-subj", "/CN=\(name)"] + files)
        let names = "\(folder)/\(name).ext"
        try Data("subjectAltName=DNS:localhost\n".utf8).write(to: URL(fileURLWithPath: names))
        try runToEnd([
            "openssl", "x509", "-req", "-days", "2", "-in", "\(folder)/\(name).csr", "-CA",
            "\(folder)/ca.pem", "-CAkey", "\(folder)/ca.key", "-CAcreateserial", "-extfile", names,
            "-out", "\(folder)/\(name).pem",
        ])
    }

    private static func copy(_ source: String, over target: String, in folder: String) throws {
        let content = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(source)"))
        try content.write(to: URL(fileURLWithPath: "\(folder)/\(target)"), options: .atomic)
    }

    private func url(_ port: Int, _ folder: String, own name: String) -> String {
        "rediss://localhost:\(port)?cacert=\(folder)/ca.pem&cert=\(folder)/\(name).pem&key=\(folder)/\(name).key"
    }

    @Test func `a client shows its certificate to a server that asks for one`() async throws {
        try await withServer { port, folder in
            try await withConnectedClient(RedisConfiguration(url: url(port, folder, own: "client"))) {
                #expect(await $0.outcome("PING") == .success(.simple("PONG")))
            }
            for refused in [
                url(port, folder, own: "stranger"), "rediss://localhost:\(port)?cacert=\(folder)/ca.pem",
            ] {
                try await withClient(RedisConfiguration(url: refused)) { client in
                    await client.isRefused(because: "handshake failed")
                }
            }
        }
    }

    @Test func `a certificate that is replaced is shown at the next attempt to connect`() async throws {
        try await withServer { port, folder in
            try Self.copy("stranger.pem", over: "own.pem", in: folder)
            try Self.copy("stranger.key", over: "own.key", in: folder)
            try await withClient(RedisConfiguration(url: url(port, folder, own: "own"))) { client in
                await client.isRefused(because: "handshake failed")
                // Meanwhile the two do not belong together.
                try Self.copy("client.key", over: "own.key", in: folder)
                await client.isRefused(because: "own.key")
                try Self.copy("client.pem", over: "own.pem", in: folder)
                await client.becomes { $0 == .connected }
                #expect(await client.outcome("PING") == .success(.simple("PONG")))
            }
        }
    }
}
