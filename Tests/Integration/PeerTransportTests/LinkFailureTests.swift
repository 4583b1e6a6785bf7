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
        var policy = LinkPolicy()
        policy.connectTimeout = .seconds(30)
        policy.backoffFloor = .seconds(30)
        policy.backoffCeiling = .seconds(30)
        try await withClient(policy: policy) { client in
            let first = await clock.measure {
                #expect(await client.outcome(of: makeRequest(), at: address) == .unsent)
            }
            #expect(first < .seconds(10))
            while client.state.withLock({ !$0.live.isEmpty }) { await Task.yield() }
            await #expect(throws: LinkFailure.unsent("\(address) could not be reached a moment ago")) {
                try await client.ask(makeRequest(), at: address)
            }
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
        var policy = LinkPolicy()
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
        var policy = LinkPolicy()
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
        var policy = LinkPolicy()
        policy.streamsPerPeer = 1
        try await withServer(policy: policy, receiver) { _, address in
            try await withClient(policy: policy) { client in
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

    @Test func `a cancelled caller returns at once, and its request counts as unanswered`() async throws {
        let arrived = Signal()
        try await withServer(StubReceiver.holding(arrived)) { _, address in
            try await withClient { client in
                let asking = Task { await client.outcome(of: makeRequest(), at: address) }
                await arrived.wait()
                asking.cancel()
                #expect(await asking.value == .unanswered)
                let connection = client.state.withLock { $0.peers[address]?.connection }
                #expect(connection?.isEmpty == true)
            }
        }
    }

    @Test func `a caller that was cancelled beforehand sends nothing`() async throws {
        let seen = Mutex(0)
        let receiver = StubReceiver { request in
            if request.command == Array("cancelled".utf8) { seen.withLock { $0 += 1 } }
            return .answered(request.command)
        }
        try await withServer(receiver) { _, address in
            try await withClient { client in
                await withTaskGroup(of: Void.self) { group in
                    group.cancelAll()
                    group.addTask {
                        #expect(
                            await client.outcome(of: makeRequest("cancelled"), at: address) == .unanswered
                        )
                    }
                }
                #expect(await client.outcome(of: makeRequest("b"), at: address) == .echoed("b"))
            }
        }
        #expect(seen.withLock { $0 } == 0)
    }

    @Test func `a silent peer that owes a response is given up, a slow one is not`() async throws {
        var policy = LinkPolicy()
        policy.probeAfter = .milliseconds(50)
        policy.silenceLimit = .seconds(1)
        policy.streamsPerPeer = 1
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
        let secret = try ClusterSecret("secret")
        let nonce = ClusterSecret.freshNonce()
        let mute = WirePeer { [policy] message in
            guard let message else { return [.with { $0.challenge.nonce = Data(nonce) }] }
            guard case .hello(let hello) = message.kind else { return [] }
            var own = ServerHandshake(secret: secret, challenge: nonce, address: hello.address)
            guard let welcome = try? own.hello(hello, policy: policy) else { return [] }
            return [.with { $0.welcome = welcome }]
        }
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

    @Test func `a peer that takes requests and breaks every time is left alone for a pause`() async throws {
        let dials = Mutex(0)
        let secret = try ClusterSecret("secret")
        let nonce = ClusterSecret.freshNonce()
        let challenge = WireFromServer.with { $0.challenge.nonce = Data(nonce) }
        let brittle = WirePeer { message in
            switch message?.kind {
            case nil:
                dials.withLock { $0 += 1 }
                return [challenge]
            case .hello(let hello):
                var own = ServerHandshake(secret: secret, challenge: nonce, address: hello.address)
                guard let welcome = try? own.hello(hello, policy: LinkPolicy()) else { return [] }
                return [.with { $0.welcome = welcome }]
            case .asks, .ping:
                // The client does not expect this, and ends the stream.
                return [challenge]
            }
        }
        var policy = LinkPolicy()
        policy.streamsPerPeer = 2
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
        // One connection's two streams.
        #expect(dials.withLock { $0 } == 2)
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
            while client.state.withLock({ $0.peers[address]?.connection }) != nil {
                _ = await client.outcome(of: makeRequest("too late", within: .milliseconds(2)), at: address)
            }
            #expect(await client.outcome(of: makeRequest("new"), at: address) == .unsent)
            gate.open()
            #expect(await outcome == .echoed("last"))
            try await run.value
        }
    }

    @Test func `a graceful shutdown does not wait forever`() async throws {
        var policy = LinkPolicy()
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
}
