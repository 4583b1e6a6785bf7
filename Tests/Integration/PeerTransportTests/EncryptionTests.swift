import NIOCore
import NIOPosix
import Testing

@testable import PeerTransport

/// The link with certificates.
@Suite(.timeLimit(.minutes(1))) struct EncryptionTests {
    /// The outcome of a request over a new link, and what both sides logged.
    private func outcome(
        client: LinkCredentials?,
        server: LinkCredentials?
    ) async throws -> (outcome: RequestOutcome, client: String, server: String) {
        let (clientLog, serverLog) = (LogRecorder(), LogRecorder())
        let outcome = try await withServer(
            credentials: server,
            logger: serverLog.logger,
            StubReceiver.echo
        ) { _, address in
            try await withClient(credentials: client, logger: clientLog.logger) { client in
                await client.outcome(of: makeRequest("a"), at: address)
            }
        }
        return (outcome, clientLog.text, serverLog.text)
    }

    @Test func `two nodes with certificates of the cluster's authority talk, whatever their addresses`()
        async throws
    {
        let certificates = try await Certificates()
        try await certificates.node("a")
        try await certificates.node("b")
        let result = try await outcome(
            client: certificates.credentials("a"),
            server: certificates.credentials("b")
        )
        #expect(result.outcome == .echoed("a"))
        #expect(result.client == "")
        #expect(result.server == "")
    }

    @Test func `large commands and many of them pass the encryption`() async throws {
        let certificates = try await Certificates()
        try await certificates.node("a")
        let credentials = try certificates.credentials("a")
        let large = String(repeating: "x", count: 1_024 * 1_024)
        try await withServer(credentials: credentials, StubReceiver.echo) { _, address in
            try await withClient(credentials: credentials) { client in
                await withTaskGroup(of: Bool.self) { group in
                    for number in 0..<12 {
                        let command = "\(number)" + large.dropLast(2)
                        group.addTask {
                            await client.outcome(of: makeRequest(command), at: address) == .echoed(command)
                        }
                    }
                    for await isOwn in group { #expect(isOwn) }
                }
            }
        }
    }

    @Test func `nothing is readable on an encrypted link, and the secret is still asked for`() async throws {
        let certificates = try await Certificates()
        try await certificates.node("a")
        let credentials = try certificates.credentials("a")
        try await withServer(credentials: credentials, StubReceiver.echo) { _, address in
            try await withClient(secret: "other", credentials: credentials) { client in
                #expect(await client.outcome(of: makeRequest(), at: address) == .unsent)
            }
        }
    }

    @Test func `a certificate of another authority is refused, on either side`() async throws {
        let certificates = try await Certificates()
        try await certificates.authority("other")
        try await certificates.node("good")
        try await certificates.node("stranger", of: "other")
        let good = try certificates.credentials("good")
        let stranger = try certificates.credentials("stranger")
        let lenient = try certificates.credentials("stranger", trusting: "ca")
        for (client, server) in [(good, stranger), (stranger, good), (lenient, good), (good, lenient)] {
            let result = try await outcome(client: client, server: server)
            #expect(result.outcome != .echoed("a"))
            #expect((result.client + result.server).contains("of no authority in link-tls-ca"))
        }
    }

    @Test func `an expired certificate is refused, on either side`() async throws {
        let certificates = try await Certificates()
        try await certificates.node("good")
        try await certificates.node("old", days: -1)
        let good = try certificates.credentials("good")
        let old = try certificates.credentials("old")
        for (client, server) in [(good, old), (old, good)] {
            let result = try await outcome(client: client, server: server)
            #expect(result.outcome != .echoed("a"))
            #expect((result.client + result.server).contains("or not valid now"))
        }
    }

    @Test func `a client without encryption and a server with it refuse each other, and say so`() async throws
    {
        let certificates = try await Certificates()
        try await certificates.node("a")
        let result = try await outcome(client: nil, server: certificates.credentials("a"))
        #expect(result.outcome == .unsent)
        #expect(result.server.contains("a peer was refused"))
        #expect(result.server.contains("it does not speak TLS, and this node was given a link-tls-cert"))
        #expect(result.client.contains("it does not speak TLS"))
    }

    @Test func `a client with encryption and a server without it refuse each other, and say so`() async throws
    {
        let certificates = try await Certificates()
        try await certificates.node("a")
        let result = try await outcome(client: certificates.credentials("a"), server: nil)
        #expect(result.outcome == .unsent)
        #expect(result.server.contains("it speaks TLS, and this node was given no link-tls-cert"))
        #expect(result.client.contains("the peer does not speak TLS"))
    }

    @Test(arguments: [true, false])
    func `a peer that speaks the former link is named in the log`(isEncrypted: Bool) async throws {
        let certificates = try await Certificates()
        try await certificates.node("a")
        let log = LogRecorder()
        let credentials = isEncrypted ? try certificates.credentials("a") : nil
        try await withServer(credentials: credentials, logger: log.logger, StubReceiver.echo) { server, _ in
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: try await server.port).get()
            channel.writeAndFlush(ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), promise: nil)
            try await channel.closeFuture.get()
        }
        #expect(log.text.contains("it speaks HTTP/2, as the link of former builds did"))
    }

    @Test func `certificates are replaced while the node runs, and connections stay`() async throws {
        let certificates = try await Certificates()
        try await certificates.authority("next")
        try await certificates.node("old")
        try await certificates.node("new", of: "next")
        try await certificates.node("mine")
        let server = try certificates.credentials("mine")
        let clientOfOld = try certificates.credentials("old")
        let clientOfNew = try certificates.credentials("new", trusting: "next")
        try await withServer(credentials: server, StubReceiver.echo) { _, address in
            try await withClient(credentials: clientOfOld) { before in
                #expect(await before.outcome(of: makeRequest("a"), at: address) == .echoed("a"))
                for kind in ["pem", "key"] { try certificates.copy("new.\(kind)", over: "mine.\(kind)") }
                // The server proves itself with the new certificate, and trusts the authority in its file.
                try certificates.copy("next.pem", over: "ca.pem")
                try await withClient(credentials: clientOfNew) { after in
                    #expect(await after.outcome(of: makeRequest("b"), at: address) == .echoed("b"))
                }
                #expect(await before.outcome(of: makeRequest("c"), at: address) == .echoed("c"))
            }
        }
    }

    @Test func `files that cannot be used any more leave the former certificates in use`() async throws {
        let certificates = try await Certificates()
        try await certificates.node("mine")
        try await certificates.node("other")
        try await certificates.node("peer")
        let log = LogRecorder()
        let server = try certificates.credentials("mine")
        let peer = try certificates.credentials("peer")
        try await withServer(credentials: server, logger: log.logger, StubReceiver.echo) { _, address in
            // Half of a rotation: the key is not the certificate's.
            try certificates.copy("other.pem", over: "mine.pem")
            try await withClient(credentials: peer) { client in
                #expect(await client.outcome(of: makeRequest("a"), at: address) == .echoed("a"))
            }
            #expect(log.text.contains("the former ones stay in use"))
            try certificates.copy("other.key", over: "mine.key")
            try await withClient(credentials: peer) { client in
                #expect(await client.outcome(of: makeRequest("b"), at: address) == .echoed("b"))
            }
            #expect(log.text.contains("the link's certificates were read anew"))
        }
    }

    @Test func `a file that is missing or no PEM is named`() async throws {
        let certificates = try await Certificates()
        try await certificates.node("a")
        try certificates.write("nothing", to: "empty.pem")
        let good = certificates.files("a")
        let bad = certificates.file("empty.pem")
        let missing = certificates.file("missing.pem")
        for path in [bad, missing] {
            for files in [
                LinkCredentials.Files(certificate: path, key: good.key, authorities: good.authorities),
                .init(certificate: good.certificate, key: path, authorities: good.authorities),
                .init(certificate: good.certificate, key: good.key, authorities: path),
            ] {
                let error = #expect(throws: LinkConfigurationError.self) { try LinkCredentials(files) }
                #expect(error?.description.contains(path) == true)
            }
        }
    }
}
