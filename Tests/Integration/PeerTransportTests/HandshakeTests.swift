import FoundationEssentials
import PeerProtocol
import SwiftProtobuf
import Testing

@testable import PeerTransport

@Suite struct HandshakeTests {
    let secret: ClusterSecret
    let other: ClusterSecret
    let nonce = ClusterSecret.freshNonce()

    init() throws {
        secret = try ClusterSecret("secret")
        other = try ClusterSecret("Secret")
    }

    func client(
        _ secret: ClusterSecret,
        to address: String = "a:1",
        versions: ClosedRange<UInt32> = 1...1
    ) -> ClientHandshake {
        ClientHandshake(secret: secret, address: address, from: "c:1", versions: versions)
    }

    func server(_ secret: ClusterSecret, versions: ClosedRange<UInt32> = 1...1) -> ServerHandshake {
        var policy = LinkPolicy()
        policy.versions = versions
        return ServerHandshake(
            secret: secret,
            challenge: ClusterSecret.freshNonce(),
            address: "a:1",
            policy: policy
        )
    }

    /// The client's hello to the server.
    func hello(_ client: inout ClientHandshake, _ server: inout ServerHandshake) throws -> WireHello {
        try client.challenged(try server.greeted(client.greeting), nonce: nonce)
    }

    @Test func `two peers that know the secret trust each other`() throws {
        var server = server(secret)
        var client = client(secret)
        let welcome = try server.hello(hello(&client, &server))
        #expect(server.state == .trusted)
        try client.welcomed(welcome)
        #expect(client.state == .trusted)
    }

    @Test func `a client with another secret is refused`() throws {
        var server = server(secret)
        var client = client(other)
        let hello = try hello(&client, &server)
        #expect(throws: PeerFault.unauthenticated("the peer does not know the cluster's secret")) {
            try server.hello(hello)
        }
        #expect(server.state != .trusted)
    }

    @Test func `a server that replays the client's own proof is refused`() throws {
        var server = server(other)
        var client = client(secret)
        let hello = try hello(&client, &server)
        #expect(throws: PeerFault.unauthenticated("the peer does not know the cluster's secret")) {
            try client.welcomed(.with { $0.proof = hello.proof })
        }
    }

    @Test func `a hello recorded on one connection is refused on another`() throws {
        var client = client(secret)
        var first = server(secret)
        let recorded = try hello(&client, &first)
        var second = server(secret)
        _ = try second.greeted(client.greeting)
        #expect(throws: PeerFault.self) { try second.hello(recorded) }
    }

    @Test func `a hello for another node is refused, though its proof is right`() throws {
        var client = client(secret, to: "b:1")
        var server = server(secret)
        let hello = try hello(&client, &server)
        #expect(throws: PeerFault.unauthenticated("the hello is meant for another node, at b:1")) {
            try server.hello(hello)
        }
        #expect(server.state != .trusted)
    }

    @Test func `any change of a hello is detected`() throws {
        var client = client(secret)
        var server = server(secret)
        let hello = try hello(&client, &server)
        let changes: [(inout WireHello) -> Void] = [
            { $0.address = "b:1" }, { $0.nonce[0] ^= 1 }, { $0.nonce.removeLast() }, { $0.proof[31] ^= 1 },
            { $0.proof.removeLast() }, { $0.proof.removeAll() }, { $0.proof.append(0) }, { $0.from = "d:1" },
        ]
        for change in changes {
            var changed = hello
            change(&changed)
            var fresh = server
            #expect(throws: PeerFault.self) { try fresh.hello(changed) }
        }
    }

    @Test func `messages out of order are refused`() throws {
        var client = client(secret)
        #expect(throws: PeerFault.malformed("unexpected welcome")) {
            try client.welcomed(WireWelcome())
        }
        #expect(throws: PeerFault.malformed("unexpected challenge")) {
            try client.challenged(WireChallenge(), nonce: nonce)
        }
        var server = server(secret)
        #expect(throws: PeerFault.malformed("unexpected hello")) { try server.hello(WireHello()) }
        let challenge = try server.greeted(client.greeting)
        #expect(throws: PeerFault.malformed("unexpected greeting")) { try server.greeted(client.greeting) }
        let hello = try client.challenged(challenge, nonce: nonce)
        #expect(throws: PeerFault.malformed("unexpected challenge")) {
            try client.challenged(challenge, nonce: nonce)
        }
        _ = try server.hello(hello)
        #expect(throws: PeerFault.malformed("unexpected hello")) { try server.hello(hello) }
        #expect(throws: PeerFault.malformed("unexpected greeting")) { try server.greeted(client.greeting) }
    }

    @Test(
        arguments: [(1...1, 1...2, 1), (1...2, 1...1, 1), (1...3, 2...5, 3), (2...2, 1...2, 2)]
            as [(ClosedRange<UInt32>, ClosedRange<UInt32>, UInt32)]
    )
    func `two builds speak the newest version that both know`(
        client versions: ClosedRange<UInt32>,
        server others: ClosedRange<UInt32>,
        expected: UInt32
    ) throws {
        var server = server(secret, versions: others)
        var client = client(secret, versions: versions)
        let challenge = try server.greeted(client.greeting)
        #expect(challenge.version == expected)
        try client.welcomed(try server.hello(try client.challenged(challenge, nonce: nonce)))
        #expect(client.state == .trusted)
    }

    @Test func `builds without a common version refuse each other`() throws {
        var newer = server(secret, versions: 2...3)
        #expect(
            throws: PeerFault.version("it speaks versions 1...1 of the link, and this node 2...3")
        ) { try newer.greeted(client(secret).greeting) }
        var own = client(secret)
        let forced = WireChallenge.with {
            $0.nonce = Data(nonce)
            $0.version = 2
        }
        #expect(throws: PeerFault.self) { try own.challenged(forced, nonce: nonce) }
        for (oldest, newest) in [(0, 0), (0, 1), (2, 1)] as [(UInt32, UInt32)] {
            var server = server(secret)
            let greeting = WireGreeting.with { ($0.oldest, $0.newest) = (oldest, newest) }
            #expect(throws: PeerFault.malformed("unexpected greeting")) { try server.greeted(greeting) }
        }
    }

    @Test func `somebody in the middle cannot talk two peers into an older version`() throws {
        var server = server(secret, versions: 1...2)
        var client = client(secret, versions: 1...2)
        let weakened = WireGreeting.with { ($0.oldest, $0.newest) = (1, 1) }
        let challenge = try server.greeted(weakened)
        #expect(challenge.version == 1)
        let hello = try client.challenged(challenge, nonce: nonce)
        #expect(throws: PeerFault.self) { try server.hello(hello) }
    }

    @Test func `an empty secret is a configuration error`() {
        #expect(throws: LinkConfigurationError.emptySecret) { try ClusterSecret("") }
        #expect(throws: LinkConfigurationError.emptySecret) {
            try LinkClient(secret: "", advertised: "a:1", logger: quiet)
        }
        #expect(throws: LinkConfigurationError.emptySecret) {
            try LinkServer(host: "127.0.0.1", port: 0, secret: "", receiver: StubReceiver.echo, logger: quiet)
        }
    }
}
