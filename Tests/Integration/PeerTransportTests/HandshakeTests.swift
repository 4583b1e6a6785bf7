import FoundationEssentials
import PeerProtocol
import SwiftProtobuf
import Testing

@testable import PeerTransport

@Suite struct HandshakeTests {
    let secret: ClusterSecret
    let other: ClusterSecret
    let challenge = ClusterSecret.freshNonce()
    let nonce = ClusterSecret.freshNonce()

    init() throws {
        secret = try ClusterSecret("secret")
        other = try ClusterSecret("Secret")
    }

    @Test func `two peers that know the secret trust each other`() throws {
        var server = ServerHandshake(secret: secret, challenge: challenge, address: "a:1")
        var client = ClientHandshake(secret: secret, address: "a:1")
        let hello = try client.challenged(server.challenge, nonce: nonce)
        let welcome = try server.hello(hello, policy: LinkPolicy())
        #expect(server.state == .trusted)
        try client.welcomed(welcome)
        #expect(client.state == .trusted)
    }

    @Test func `a client with another secret is refused`() throws {
        var server = ServerHandshake(secret: secret, challenge: challenge, address: "a:1")
        var client = ClientHandshake(secret: other, address: "a:1")
        let hello = try client.challenged(server.challenge, nonce: nonce)
        #expect(throws: LinkStreamError.unauthenticated("the peer does not know the cluster's secret")) {
            try server.hello(hello, policy: LinkPolicy())
        }
        #expect(server.state == .waiting)
    }

    @Test func `a server that replays the client's own proof is refused`() throws {
        var client = ClientHandshake(secret: secret, address: "a:1")
        let hello = try client.challenged(
            ServerHandshake(secret: other, challenge: challenge, address: "a:1").challenge,
            nonce: nonce
        )
        #expect(throws: LinkStreamError.unauthenticated("the peer does not know the cluster's secret")) {
            try client.welcomed(.with { $0.proof = hello.proof })
        }
    }

    @Test func `a hello recorded on one stream is refused on another`() throws {
        var client = ClientHandshake(secret: secret, address: "a:1")
        let first = ServerHandshake(secret: secret, challenge: challenge, address: "a:1")
        let recorded = try client.challenged(first.challenge, nonce: nonce)
        var second = ServerHandshake(secret: secret, challenge: ClusterSecret.freshNonce(), address: "a:1")
        #expect(throws: LinkStreamError.self) { try second.hello(recorded, policy: LinkPolicy()) }
    }

    @Test func `a hello for another node is refused, though its proof is right`() throws {
        var client = ClientHandshake(secret: secret, address: "b:1")
        var server = ServerHandshake(secret: secret, challenge: challenge, address: "a:1")
        let hello = try client.challenged(server.challenge, nonce: nonce)
        #expect(
            throws: LinkStreamError.unauthenticated("the hello is meant for another node, at b:1")
        ) {
            try server.hello(hello, policy: LinkPolicy())
        }
        #expect(server.state == .waiting)
    }

    @Test func `any change of a hello is detected`() throws {
        var client = ClientHandshake(secret: secret, address: "a:1")
        let server = ServerHandshake(secret: secret, challenge: challenge, address: "a:1")
        let hello = try client.challenged(server.challenge, nonce: nonce)
        let changes: [(inout WireHello) -> Void] = [
            { $0.address = "b:1" }, { $0.nonce[0] ^= 1 }, { $0.nonce.removeLast() }, { $0.proof[31] ^= 1 },
            { $0.proof.removeLast() }, { $0.proof.removeAll() }, { $0.proof.append(0) },
        ]
        for change in changes {
            var changed = hello
            change(&changed)
            var fresh = server
            #expect(throws: LinkStreamError.self) { try fresh.hello(changed, policy: LinkPolicy()) }
        }
    }

    @Test func `messages out of order are refused`() throws {
        var client = ClientHandshake(secret: secret, address: "a:1")
        #expect(throws: LinkStreamError.malformed("unexpected welcome")) {
            try client.welcomed(WireWelcome())
        }
        #expect(throws: LinkStreamError.malformed("unexpected challenge")) {
            try client.challenged(WireChallenge(), nonce: nonce)
        }
        var server = ServerHandshake(secret: secret, challenge: challenge, address: "a:1")
        let hello = try client.challenged(server.challenge, nonce: nonce)
        #expect(throws: LinkStreamError.malformed("unexpected challenge")) {
            try client.challenged(server.challenge, nonce: nonce)
        }
        _ = try server.hello(hello, policy: LinkPolicy())
        #expect(throws: LinkStreamError.malformed("unexpected hello")) {
            try server.hello(hello, policy: LinkPolicy())
        }
    }

    @Test func `an empty secret is a configuration error`() {
        #expect(throws: LinkConfigurationError.emptySecret) { try ClusterSecret("") }
        #expect(throws: LinkConfigurationError.emptySecret) { try LinkClient(secret: "", logger: quiet) }
        #expect(throws: LinkConfigurationError.emptySecret) {
            try LinkServer(host: "127.0.0.1", port: 0, secret: "", receiver: StubReceiver.echo, logger: quiet)
        }
    }
}
