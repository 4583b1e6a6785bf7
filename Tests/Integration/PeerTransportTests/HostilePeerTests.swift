import ActorRuntime
import FoundationEssentials
import NIOCore
import NIOPosix
import Ownership
import PeerProtocol
import SwiftProtobuf
import Synchronization
import Testing

@testable import PeerTransport

@Suite(.timeLimit(.minutes(1))) struct HostilePeerTests {
    static func asks(_ numbers: [UInt64], _ change: (inout WireAsk) -> Void = { _ in }) -> WireFromClient {
        .with {
            $0.asks.asks = numbers.map { number in
                var request = WireAsk(
                    makeRequest(),
                    correlation: number,
                    remaining: .seconds(9),
                    policy: LinkPolicy()
                )
                change(&request)
                return request
            }
        }
    }

    /// Runs a conversation with a server, which must survive it and must receive no request.
    func refusal(of script: @escaping WireStream.Script) async throws -> WireRefused.Reason? {
        let heard = Mutex(0)
        let receiver = StubReceiver { request in
            if request.id != ActorID("witness") { heard.withLock { $0 += 1 } }
            return .answered(request.command)
        }
        let code = try await withServer(receiver) { server, address in
            try await withClient { client in
                #expect(
                    await client.outcome(of: makeRequest("before", of: "witness"), at: address)
                        == .echoed("before")
                )
                let code = try await WireStream(port: try await server.port).converse(script)
                #expect(
                    await client.outcome(of: makeRequest("after", of: "witness"), at: address)
                        == .echoed("after")
                )
                return code
            }
        }
        #expect(heard.withLock { $0 } == 0)
        return code
    }

    @Test func `a client with another secret is refused, and its request is not sent`() async throws {
        let seen = Mutex(0)
        let receiver = StubReceiver { request in
            seen.withLock { $0 += 1 }
            return .answered(request.command)
        }
        try await withServer(receiver) { _, address in
            try await withClient(secret: "other") { client in
                #expect(await client.outcome(of: makeRequest(), at: address) == .unsent)
            }
        }
        #expect(seen.withLock { $0 } == 0)
    }

    @Test func `a server without the secret sees no request`() async throws {
        let seen = Mutex(0)
        let impostor = WirePeer { message in
            switch message.kind {
            case .greeting:
                return [
                    .with {
                        $0.challenge.nonce = Data(ClusterSecret.freshNonce())
                        $0.challenge.version = 1
                    }
                ]
            case .hello(let hello):
                return [.with { $0.welcome.proof = hello.proof }]
            case .asks, .ping, nil:
                seen.withLock { $0 += 1 }
                return []
            }
        }
        try await impostor.serve { address in
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest(), at: address) == .unsent)
            }
        }
        #expect(seen.withLock { $0 } == 0)
    }

    @Test func `a server that answers before it has proved itself is ignored`() async throws {
        let impostor = WirePeer { _ in [.with { $0.answers.answers = [.with { $0.correlation = 1 }] }] }
        try await impostor.serve { address in
            var policy = LinkPolicy.patient
            policy.connectTimeout = .seconds(20)
            try await withClient(policy: policy) { client in
                let time = await ContinuousClock().measure {
                    #expect(await client.outcome(of: makeRequest(), at: address) == .unsent)
                }
                // Its message ends the connection before the time-out.
                #expect(time < .seconds(10))
            }
        }
    }

    @Test func `a server that sends a message of no kind is left`() async throws {
        let strange = try WirePeer.trusted { _ in [WireFromServer()] }
        try await strange.serve { address in
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest(), at: address) == .unanswered)
            }
        }
    }

    @Test func `responses to requests that were never made reach nobody`() async throws {
        let liar = try WirePeer.trusted { message in
            let asked = message.asks.asks.map(\.correlation)
            let answers = ([0, 77] + asked + asked).map { number in
                WireAnswer(.answered([1]), correlation: number, policy: LinkPolicy())
            }
            return [.with { $0.answers.answers = answers }]
        }
        try await liar.serve { address in
            try await withClient { client in
                for _ in 0..<3 {
                    #expect(await client.outcome(of: makeRequest(), at: address) == .answer(.answered([1])))
                }
            }
        }
    }

    @Test func `a request before the hello is refused`() async throws {
        #expect(try await refusal(of: { _, _ in [Self.asks([1])] }) == .unauthenticated)
        #expect(try await refusal(of: { _, _ in [.with { $0.ping = WirePing() }] }) == .unauthenticated)
    }

    @Test func `a forged hello is refused`() async throws {
        let code = try await refusal(of: { _, _ in
            [
                .with {
                    $0.hello.nonce.append(contentsOf: ClusterSecret.freshNonce())
                    $0.hello.proof.append(contentsOf: ClusterSecret.freshNonce())
                }
            ]
        })
        #expect(code == .unauthenticated)
    }

    @Test func `a client that sends no hello is refused in time`() async throws {
        var policy = LinkPolicy.patient
        policy.helloTimeout = .milliseconds(500)
        try await withServer(policy: policy, StubReceiver.echo) { server, _ in
            let code = try await WireStream(port: try await server.port).converse { _, _ in [] }
            #expect(code == .helloTimeout)
        }
    }

    @Test func `invalid requests end their connection and no other`() async throws {
        let changes: [@Sendable (inout WireAsk) -> Void] = [
            { $0.target = "" }, { $0.actor = "" }, { $0.actor = "{}" },
            { $0.trace = String(repeating: "t", count: 9_999) },
            { $0.traceState = String(repeating: "t", count: 9_999) },
            { $0.baggage = String(repeating: "t", count: 9_999) },
        ]
        for change in changes {
            let script = try WireStream.greeted { message in
                guard case .welcome = message.kind else { return [] }
                return [Self.asks([1], change)]
            }
            #expect(try await refusal(of: script) == .malformed)
        }
    }

    @Test func `a message of no kind and a second hello end their connection`() async throws {
        let nothing = try WireStream.greeted { _ in [WireFromClient()] }
        #expect(try await refusal(of: nothing) == .malformed)
        let twice = try WireStream.greeted { _ in [.with { $0.hello = WireHello() }] }
        #expect(try await refusal(of: twice) == .malformed)
    }

    @Test func `two requests with one correlation end their connection`() async throws {
        let script = try WireStream.greeted { message in
            guard case .welcome = message.kind else { return [] }
            return [Self.asks([5, 5])]
        }
        #expect(try await refusal(of: script) == .malformed)
    }

    @Test func `a request that repeats an answered one ends its connection and is not served`() async throws {
        let served = Mutex(0)
        let receiver = StubReceiver { request in
            served.withLock { $0 += 1 }
            return .answered(request.command)
        }
        try await withServer(receiver) { server, _ in
            let script = try WireStream.greeted { message in
                switch message.kind {
                case .welcome, .answers: [Self.asks([5])]
                case .challenge, .pong, .leaving, .refused, nil: []
                }
            }
            #expect(
                try await WireStream(port: try await server.port).converse(script) == .malformed
            )
        }
        #expect(served.withLock { $0 } == 1)
    }

    @Test func `a hello that a peer meant for another node is refused`() async throws {
        let script = try WireStream.greeted(at: "127.0.0.1:1") { message in
            guard case .welcome = message.kind else { return [] }
            return [Self.asks([1])]
        }
        #expect(try await refusal(of: script) == .unauthenticated)
    }

    @Test func `a server is reached at the address that it advertises, and at no other`() async throws {
        let server = try LinkServer(
            host: "localhost",
            port: 0,
            advertised: "node-1:7170",
            secret: "secret",
            receiver: StubReceiver.echo,
            logger: quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            defer { group.cancelAll() }
            let stream = WireStream(port: try await server.port)
            let script: @Sendable (WireFromServer) -> [WireFromClient]? = { message in
                guard case .welcome = message.kind else { return [] }
                return nil
            }
            #expect(try await stream.converse(WireStream.greeted(at: "node-1:7170", script)) == nil)
            #expect(try await stream.converse(WireStream.greeted(script)) == .unauthenticated)
        }
    }

    @Test func `a request without time left is answered, not served`() async throws {
        let outcome = Mutex<WireFailure?>(nil)
        let script = try WireStream.greeted { message in
            switch message.kind {
            case .welcome: return [Self.asks([5]) { $0.remainingMs = 0 }]
            case .answers(let answers):
                outcome.withLock { $0 = answers.answers.first?.failed }
                return nil
            case .challenge, .pong, .leaving, .refused, nil: return []
            }
        }
        #expect(try await refusal(of: script) == nil)
        #expect(outcome.withLock { $0?.reason } == .deadlineExceeded)
        #expect(outcome.withLock { $0?.outcome } == .notApplied)
    }

    @Test(
        arguments: [
            [0xff, 0xff, 0xff, 0xff], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x12, 0x02, 0x0a], [],
            [0x08, 0x01],
        ] as [[UInt8]]
    )
    func `bytes that are no message end their connection`(bytes: [UInt8]) async throws {
        try await withServer(StubReceiver.echo) { server, address in
            let code = try await WireStream(port: try await server.port)
                .converse(beginning: WireStream.frame(of: bytes)) { _, _ in [] }
            #expect(code == .malformed)
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest("after"), at: address) == .echoed("after"))
            }
        }
    }

    @Test func `a message larger than the limit ends its connection before it is read`() async throws {
        var policy = LinkPolicy.patient
        policy.payloadLimit = 1_000
        try await withServer(policy: policy, StubReceiver.echo) { server, address in
            let script = try WireStream.greeted { [policy] message in
                guard case .welcome = message.kind else { return [] }
                return [Self.asks([1]) { $0.trace = String(repeating: "t", count: policy.frameLimit) }]
            }
            #expect(try await WireStream(port: try await server.port).converse(script) == .malformed)
            // Nobody makes a node wait for a message of four gigabytes, nor one who is not known for a large one.
            for length in [UInt32.max, UInt32(policy.frameLimit)] {
                let header = ByteBuffer(integer: length)
                let code = try await WireStream(port: try await server.port)
                    .converse(beginning: Array(header.readableBytesView)) { _, _ in [] }
                #expect(code == .malformed)
            }
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest("after"), at: address) == .echoed("after"))
            }
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + String(repeating: "\u{7f}", count: 4_096),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "\u{0}\u{0}", "",
        String(repeating: "\u{0}", count: 100_000),
    ])
    func `bytes that are not the link's affect no other connection`(text: String) async throws {
        var policy = LinkPolicy.patient
        policy.helloTimeout = .seconds(1)
        try await withServer(policy: policy, StubReceiver.echo) { server, address in
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest("before"), at: address) == .echoed("before"))
                let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .connect(host: "127.0.0.1", port: try await server.port).get()
                channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
                // The server may answer anything, but waits no longer than the time-out of the hello.
                try await channel.closeFuture.get()
                #expect(await client.outcome(of: makeRequest("after"), at: address) == .echoed("after"))
            }
        }
    }

    @Test func `connections beyond the limit are closed, and room becomes free again`() async throws {
        var policy = LinkPolicy.patient
        policy.connectionLimit = 1
        try await withServer(policy: policy, StubReceiver.echo) { server, address in
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest("in"), at: address) == .echoed("in"))
                let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .connect(host: "127.0.0.1", port: try await server.port).get()
                try await channel.closeFuture.get()
                #expect(await client.outcome(of: makeRequest("still in"), at: address) == .echoed("still in"))
            }
            try await withClient { client in
                while await client.outcome(of: makeRequest("next"), at: address) != .echoed("next") {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
    }

    @Test func `a connection with a good hello outlives the hello's time-out`() async throws {
        var policy = LinkPolicy.patient
        policy.helloTimeout = .seconds(1)
        try await withServer(policy: policy, StubReceiver.echo) { _, address in
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest("a"), at: address) == .echoed("a"))
                let connection = await client.connection(to: address)
                try await Task.sleep(for: .milliseconds(1_500))
                #expect(await client.outcome(of: makeRequest("b"), at: address) == .echoed("b"))
                #expect(await client.connection(to: address) == connection)
            }
        }
    }
}
