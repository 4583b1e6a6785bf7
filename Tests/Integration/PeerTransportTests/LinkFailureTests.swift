import ActorRuntime
import Foundation
import NIOCore
import NIOPosix
import Ownership
import PeerProtocol
import SwiftProtobuf
import Synchronization
import Testing

@testable import PeerTransport

@Suite(.timeLimit(.minutes(1))) struct LinkFailureTests {
    let clock = ContinuousClock()

    /// An address of this machine without a listener.
    func deadAddress() async throws -> String {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return "127.0.0.1:\(port)"
    }

    @Test func `a refused connection fails unsent at once, and the next request does not even try`()
        async throws
    {
        let address = try await deadAddress()
        var policy = LinkPolicy.patient
        policy.connectTimeout = .seconds(30)
        policy.backoffFloor = .seconds(30)
        policy.backoffCeiling = .seconds(30)
        try await withClient(policy: policy) { client in
            let first = await clock.measure {
                #expect(await client.outcome(of: makeRequest(), at: address) == .unsent)
            }
            #expect(first < .seconds(10))
            #expect(
                await client.result(of: makeRequest(), at: address)
                    == .failure(.unsent("\(address) could not be reached a moment ago"))
            )
        }
    }

    @Test(arguments: ["", "nowhere", "127.0.0.1:0", "no.such.host.invalid:7000"])
    func `a request to an address that cannot be dialled is unsent`(address: String) async throws {
        try await withClient { client in
            #expect(await client.outcome(of: makeRequest(), at: address) == .unsent)
        }
    }

    @Test func `a request to a peer that accepts and says nothing is unsent within the connect time-out`()
        async throws
    {
        var policy = LinkPolicy.patient
        policy.connectTimeout = .milliseconds(100)
        try await withMuteListener { address in
            try await withClient(policy: policy) { client in
                let time = await clock.measure {
                    #expect(await client.outcome(of: makeRequest(), at: address) == .unsent)
                }
                #expect(time >= .milliseconds(100))
                #expect(time < .seconds(5))
            }
        }
    }

    @Test func `a request does not wait for a connection longer than its own time`() async throws {
        var policy = LinkPolicy.patient
        policy.connectTimeout = .seconds(30)
        try await withMuteListener { address in
            try await withClient(policy: policy) { client in
                let time = await clock.measure {
                    #expect(
                        await client.outcome(of: makeRequest(within: .milliseconds(50)), at: address)
                            == .unsent
                    )
                }
                #expect(time < .seconds(5))
            }
        }
    }

    @Test func `requests in flight to a peer that dies are unanswered at once`() async throws {
        let arrived = Signal()
        try await withClient { client in
            try await withThrowingTaskGroup(of: RequestOutcome.self) { group in
                try await withServer(StubReceiver.holding(arrived)) { _, address in
                    for _ in 0..<10 { group.addTask { await client.outcome(of: makeRequest(), at: address) } }
                    await arrived.wait(for: 10)
                }
                let time = try await clock.measure {
                    for try await outcome in group { #expect(outcome == .unanswered) }
                }
                #expect(time < .seconds(5))
            }
        }
    }

    @Test func `a peer that comes back on its port is found again`() async throws {
        try await withClient { client in
            let address = try await withServer(StubReceiver.echo) { _, address in
                #expect(await client.outcome(of: makeRequest("a"), at: address) == .echoed("a"))
                return address
            }
            let port = try #require(PeerAddress(address)).port
            while await client.outcome(of: makeRequest("gone"), at: address) != .unsent {}
            try await withServer(port: port, StubReceiver.echo) { _, _ in
                var outcome = RequestOutcome.unsent
                while outcome == .unsent {
                    outcome = await client.outcome(of: makeRequest("b"), at: address)
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(outcome == .echoed("b"))
            }
        }
    }

    @Test func `a request whose time runs out is unanswered, and its late response is dropped`() async throws
    {
        let arrived = Signal()
        let gate = Gate()
        let receiver = StubReceiver { request in
            guard request.command == Array("slow".utf8) else { return .answered(request.command) }
            arrived.fire()
            await gate.pass()
            return .answered(request.command)
        }
        try await withServer(receiver) { _, address in
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest("a"), at: address) == .echoed("a"))
                let time = await clock.measure {
                    #expect(
                        await client.outcome(of: makeRequest("slow", within: .milliseconds(500)), at: address)
                            == .unanswered
                    )
                }
                #expect(time >= .milliseconds(500))
                #expect(time < .seconds(10))
                await arrived.wait()
                gate.open()
                for number in 0..<20 {
                    #expect(
                        await client.outcome(of: makeRequest("\(number)"), at: address)
                            == .echoed("\(number)")
                    )
                }
            }
        }
    }

    @Test func `a silent peer that owes a response is given up, a slow one is not`() async throws {
        var policy = LinkPolicy.patient
        policy.probeAfter = .milliseconds(50)
        policy.silenceLimit = .seconds(1)
        async let slow: Void = waitForSlowPeer(policy)
        async let mute: Void = giveUpMutePeer(policy)
        _ = try await (slow, mute)
    }

    private func waitForSlowPeer(_ policy: LinkPolicy) async throws {
        let slow = StubReceiver { request in
            do {
                try await Task.sleep(for: .milliseconds(2_500))
            } catch {}
            return .answered(request.command)
        }
        try await withServer(slow) { _, address in
            try await withClient(policy: policy) { client in
                #expect(await client.outcome(of: makeRequest("slow"), at: address) == .echoed("slow"))
            }
        }
    }

    private func giveUpMutePeer(_ policy: LinkPolicy) async throws {
        let mute = try WirePeer.trusted(policy: policy) { _ in [] }
        try await mute.serve { address in
            try await withClient(policy: policy) { client in
                let time = await clock.measure {
                    #expect(await client.outcome(of: makeRequest("mute"), at: address) == .unanswered)
                }
                #expect(time >= .seconds(1))
                #expect(time < .seconds(10))
            }
        }
    }

    @Test func `a node that stood still itself reads what has come before it gives a peer up`() async throws {
        var policy = LinkPolicy.patient
        policy.probeAfter = .milliseconds(50)
        policy.silenceLimit = .seconds(2)
        let served = Mutex(0)
        let receiver = StubReceiver { request in
            served.withLock { $0 += 1 }
            return .answered(request.command)
        }
        let thread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await withServer(receiver) { _, address in
            try await withClient(policy: policy, loop: thread.next()) { client in
                #expect(await client.outcome(of: makeRequest("a"), at: address) == .echoed("a"))
                async let outcome = client.outcome(of: makeRequest("b"), at: address)
                while served.withLock({ $0 }) < 2 { await Task.yield() }
                // The response arrives meanwhile, or has arrived.
                await client.onLoop { _ in Thread.sleep(forTimeInterval: 2.5) }
                #expect(await outcome == .echoed("b"))
            }
        }
        try await thread.shutdownGracefully()
    }

    @Test func `a peer that takes requests and breaks every time is left alone for a pause`() async throws {
        let dials = Mutex(0)
        let brittle = try WirePeer.trusted(greeted: { dials.withLock { $0 += 1 } }) { _ in
            // The client does not expect this, and ends the connection.
            [.with { $0.challenge = WireChallenge() }]
        }
        var policy = LinkPolicy.patient
        policy.backoffFloor = .seconds(30)
        policy.backoffCeiling = .seconds(30)
        try await brittle.serve { address in
            try await withClient(policy: policy) { client in
                #expect(await client.outcome(of: makeRequest(), at: address) == .unanswered)
                for _ in 0..<1_000 {
                    #expect(await client.outcome(of: makeRequest(), at: address) == .unsent)
                }
            }
        }
        #expect(dials.withLock { $0 } == 1)
    }

    @Test func `a graceful shutdown lets requests in flight finish and refuses new ones`() async throws {
        let arrived = Signal()
        let gate = Gate()
        let receiver = StubReceiver { request in
            arrived.fire()
            await gate.pass()
            return .answered(request.command)
        }
        let server = try LinkServer(
            host: "127.0.0.1",
            port: 0,
            secret: "secret",
            receiver: receiver,
            logger: quiet
        )
        let run = Task { try await server.run() }
        let address = "127.0.0.1:\(try await server.port)"
        try await withClient { client in
            async let outcome = client.outcome(of: makeRequest("last"), at: address)
            await arrived.wait()
            server.beginGracefulShutdown()
            while await client.connection(to: address) != nil {
                _ = await client.outcome(of: makeRequest("too late", within: .milliseconds(2)), at: address)
            }
            #expect(await client.outcome(of: makeRequest("new"), at: address) == .unsent)
            gate.open()
            #expect(await outcome == .echoed("last"))
            try await run.value
        }
    }

    @Test func `a graceful shutdown does not wait forever`() async throws {
        var policy = LinkPolicy.patient
        policy.drainLimit = .milliseconds(50)
        let arrived = Signal()
        let server = try LinkServer(
            host: "127.0.0.1",
            port: 0,
            secret: "secret",
            receiver: StubReceiver.holding(arrived),
            policy: policy,
            logger: quiet
        )
        let run = Task { try await server.run() }
        let address = "127.0.0.1:\(try await server.port)"
        try await withClient { client in
            async let outcome = client.outcome(of: makeRequest("stuck"), at: address)
            await arrived.wait()
            server.beginGracefulShutdown()
            try await run.value
            #expect(await outcome == .unanswered)
        }
    }

    @Test func `a server that cannot listen throws`() async throws {
        try await withServer(StubReceiver.echo) { _, address in
            let port = try #require(PeerAddress(address)).port
            let second = try LinkServer(
                host: "127.0.0.1",
                port: port,
                secret: "secret",
                receiver: StubReceiver.echo,
                logger: quiet
            )
            await #expect(throws: (any Error).self) { try await second.run() }
            await #expect(throws: (any Error).self) { try await second.port }
        }
    }

    /// Runs a listener that accepts connections and never sends a byte.
    func withMuteListener(_ body: (String) async throws -> Void) async throws {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body("127.0.0.1:\(channel.localAddress?.port ?? 0)")
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    @Test func `a server closes connections on which nothing comes, and no busy ones`() async throws {
        var policy = LinkPolicy.patient
        policy.idleTimeout = .milliseconds(100)
        var patient = LinkPolicy.patient
        patient.idleTimeout = .seconds(60)
        let slow = StubReceiver { request in
            if request.command == Array("slow".utf8) {
                do {
                    try await Task.sleep(for: .milliseconds(500))
                } catch {}
            }
            return .answered(request.command)
        }
        try await withServer(policy: policy, slow) { _, address in
            try await withClient(policy: patient) { client in
                #expect(await client.outcome(of: makeRequest("slow"), at: address) == .echoed("slow"))
                while await client.connection(to: address) != nil {
                    try await Task.sleep(for: .milliseconds(5))
                }
                // On a busy machine so short a time may end the next connection too, before it is used.
                while await client.outcome(of: makeRequest("again"), at: address) != .echoed("again") {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
    }

    @Test func `a peer that does not read its responses is left, and costs no memory beyond the limits`()
        async throws
    {
        var policy = LinkPolicy.patient
        policy.unreadTimeout = .milliseconds(500)
        policy.unreadByteLimit = 1_024 * 1_024
        let served = Mutex(0)
        let large = [UInt8](repeating: 1, count: 512 * 1_024)
        let receiver = StubReceiver { _ in
            served.withLock { $0 += 1 }
            return .answered(large)
        }
        let log = LogRecorder()
        try await withServer(policy: policy, logger: log.logger, receiver) { server, address in
            let written = WriteCount()
            // 64 MiB, more than what the buffers of two sockets grow to by the usual settings of Linux.
            let asks = 1_024
            let channel = try await deafClient(port: try await server.port, asks: asks, written: written)
            while !log.text.contains("too many responses wait to be read") {
                try await Task.sleep(for: .milliseconds(5))
            }
            // It was no longer read once its responses backed up: most of what it sent never left its machine.
            #expect(written.count < asks)
            try await channel.close()
            #expect(served.withLock { $0 } < 100)
            try await withClient { client in
                #expect(
                    await client.outcome(of: makeRequest("after"), at: address) == .answer(.answered(large))
                )
            }
        }
    }

    /// A client that completes the handshake, sends requests, and reads nothing from then on.
    ///
    /// - Parameter written: counts the requests that the socket has taken.
    private func deafClient(port: Int, asks: Int, written: WriteCount) async throws -> any Channel {
        let secret = try ClusterSecret("secret")
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.so_rcvbuf), value: 16 * 1_024)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        DeafHandler(
                            secret: secret,
                            address: "127.0.0.1:\(port)",
                            asks: asks,
                            written: written
                        )
                    )
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .get()
        return channel
    }
}

/// Completes the handshake as a client, sends requests, and stops reading.
private final class DeafHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var handshake: ClientHandshake
    private let asks: Int
    private let written: WriteCount
    private var frames = FrameReader(limit: 1 << 20)
    private var isDeaf = false

    init(secret: ClusterSecret, address: String, asks: Int, written: WriteCount) {
        self.written = written
        handshake = ClientHandshake(secret: secret, address: address, from: "deaf:1", versions: 1...1)
        self.asks = asks
    }

    func channelActive(context: ChannelHandlerContext) {
        send(.with { $0.greeting = handshake.greeting }, context)
    }

    func read(context: ChannelHandlerContext) {
        if !isDeaf { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        frames.append(unwrapInboundIn(data))
        guard let message = try? frames.next(WireFromServer.self) else { return }
        switch message.kind {
        case .challenge(let challenge):
            guard let hello = try? handshake.challenged(challenge, nonce: ClusterSecret.freshNonce()) else {
                return context.close(promise: nil)
            }
            send(.with { $0.hello = hello }, context)
        case .welcome:
            isDeaf = true
            for number in 1...UInt64(asks) {
                let command = [UInt8](repeating: 0, count: 64 * 1_024)
                send(HostilePeerTests.asks([number]) { $0.command = Data(command) }, context)
                    .whenSuccess { [written] in written.add() }
            }
        case .answers, .pong, .leaving, .refused, nil:
            context.close(promise: nil)
        }
    }

    @discardableResult
    private func send(_ message: WireFromClient, _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: WireStream.frame(message))))
    }
}

/// Counts writes that a socket has taken.
private final class WriteCount: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    func add() { value.withLock { $0 += 1 } }
}
