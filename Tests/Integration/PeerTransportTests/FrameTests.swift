import NIOCore
import PeerProtocol
import SwiftProtobuf
import Testing

@testable import PeerTransport

@Suite(.timeLimit(.minutes(1))) struct FrameTests {
    let messages: [WireFromClient] = [
        .with { $0.greeting.newest = 1 }, .with { $0.ping = WirePing() }, HostilePeerTests.asks([1, 2, 3]),
        HostilePeerTests.asks([4]) { $0.command.append(contentsOf: [UInt8](repeating: 7, count: 3_000)) },
    ]

    /// The messages that are read from pieces.
    func read(_ pieces: [[UInt8]], limit: Int = 10_000) throws -> [WireFromClient] {
        var frames = FrameReader(limit: limit)
        var read: [WireFromClient] = []
        for piece in pieces {
            frames.append(ByteBuffer(bytes: piece))
            while let message = try frames.next(WireFromClient.self) { read.append(message) }
        }
        return read
    }

    @Test func `messages are read however their bytes are cut`() throws {
        let bytes = messages.flatMap { WireStream.frame($0) }
        #expect(try read([bytes]) == messages)
        #expect(try read(bytes.map { [$0] }) == messages)
        for cut in 0...bytes.count {
            #expect(try read([Array(bytes[..<cut]), Array(bytes[cut...])]) == messages)
        }
    }

    @Test func `a message at the limit is read, and one beyond it is refused by its length alone`() throws {
        let frame = WireStream.frame(messages[3])
        let length = frame.count - FrameReader.headerLength
        #expect(try read([frame], limit: length) == [messages[3]])
        #expect(
            throws: PeerFault.malformed("a message of \(length) bytes is longer than \(length - 1)")
        ) { try read([Array(frame.prefix(4))], limit: length - 1) }
    }

    @Test func `garbage is refused`() {
        #expect(throws: PeerFault.malformed("bytes that are no message")) {
            try read([WireStream.frame(of: [0xff, 0xff, 0xff])])
        }
    }

    @Test func `a message of a newer build is read without what is new in it`() throws {
        // Field 1000 of type string, behind a ping.
        let bytes: [UInt8] = try messages[1].serializedBytes() + [0xc2, 0x3e, 1, 65]
        #expect(try read([WireStream.frame(of: bytes)]).first?.kind == .ping(WirePing()))
    }

    @Test(arguments: [1, 3, 7]) func `a server understands a client whose bytes come one by one`(
        split: Int
    ) async throws {
        try await withServer(StubReceiver.echo) { server, _ in
            let script = try WireStream.greeted { message in
                switch message.kind {
                case .welcome: [HostilePeerTests.asks([1])]
                case .answers(let answers): answers.answers.map(\.correlation) == [1] ? nil : []
                case .challenge, .pong, .leaving, .refused, nil: []
                }
            }
            let refusal = try await WireStream(port: try await server.port).converse(split: split, script)
            #expect(refusal == nil)
        }
    }

    @Test func `what speaks another protocol is recognised`() {
        func client(_ bytes: [UInt8]) -> String? { ForeignProtocol.ofClient(ByteBuffer(bytes: bytes))?.text }
        func server(_ bytes: [UInt8]) -> String? { ForeignProtocol.ofServer(ByteBuffer(bytes: bytes))?.text }
        #expect(client(Array("PRI * HTTP/2.0\r\n\r\n".utf8))?.contains("HTTP/2") == true)
        #expect(client([22, 3, 1, 2, 0, 1])?.contains("TLS") == true)
        #expect(client(WireStream.greeting) == nil)
        #expect(client([22, 3]) == nil)
        #expect(server([0, 0, 18, 4, 0, 0, 0, 0, 0])?.contains("HTTP/2") == true)
        #expect(server([21, 3, 3, 0, 2])?.contains("TLS") == true)
        let challenge = WireFromServer.with { $0.challenge.nonce.append(contentsOf: [0, 0, 0]) }
        #expect(server(WireStream.frame(challenge)) == nil)
        #expect(ForeignProtocol.ofEncryptingClient(ByteBuffer(bytes: [22])) == nil)
        let plain = ForeignProtocol.ofEncryptingClient(ByteBuffer(bytes: WireStream.greeting))
        #expect(plain?.text.contains("does not speak TLS") == true)
    }
}
