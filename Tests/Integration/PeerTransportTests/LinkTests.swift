import MetricReadings
import NIOCore
import Ownership
import PeerProtocol
import SwiftProtobuf
import Synchronization
import Testing

@testable import ActorRuntime
@testable import PeerTransport

@Suite(.timeLimit(.minutes(1))) struct LinkTests {
    @Test func `a response comes back`() async throws {
        try await withServer(StubReceiver.echo) { _, address in
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest("hello"), at: address) == .echoed("hello"))
            }
        }
    }

    @Test func `requests are counted by peer and end, with frames and bytes`() async throws {
        let receiver = StubReceiver { request in
            request.command.isEmpty ? .notHere(owner: nil) : .answered(request.command)
        }
        try await withServer(receiver) { _, address in
            try await withClient { client in
                for command in ["one", "two", ""] {
                    _ = await client.outcome(of: makeRequest(command), at: address)
                }
                _ = await client.outcome(of: makeRequest("x"), at: "127.0.0.1:1")
                let told = await withCheckedContinuation { continuation in
                    client.link.askCounts { continuation.resume(returning: $0) }
                }
                let counts = Dictionary(told.map { ($0.peer, $0.counts) }, uniquingKeysWith: { $1 })
                let peer = try #require(counts[address])
                #expect(peer.requests[.answered].count == 2 && peer.requests[.elsewhere].count == 1)
                // At least a greeting, a hello, and three requests; a challenge, a welcome, and three responses.
                #expect(peer.sent.frames >= 5 && peer.received.frames >= 5)
                #expect(peer.sent.bytes > 100 && peer.received.bytes > 100)
                #expect(counts["127.0.0.1:1"]?.requests[.unsent].count == 1)
            }
        }
    }

    @Test func `session, actor, trace and remaining time travel with a request`() async throws {
        let seen = Mutex<[LinkRequest]>([])
        let receiver = StubReceiver { request in
            seen.withLock { $0.append(request) }
            return .notHere(owner: SessionID("another"))
        }
        try await withServer(receiver) { _, address in
            try await withClient { client in
                let request = makeRequest(
                    "x",
                    to: "the-session",
                    of: "the-actor",
                    within: .seconds(7),
                    with: sampleTrace
                )
                #expect(
                    await client.outcome(of: request, at: address)
                        == .answer(.notHere(owner: SessionID("another")))
                )
            }
        }
        let request = try #require(seen.withLock { $0.first })
        #expect(request.target == SessionID("the-session"))
        #expect(request.id == ActorID("the-actor"))
        #expect(request.trace == sampleTrace)
        #expect(request.trace != nil)
        #expect(request.remaining <= .seconds(7) && request.remaining > .seconds(5))
    }

    @Test func `each of a thousand concurrent requests gets its own response, whatever the order`()
        async throws
    {
        let receiver = StubReceiver { request in
            do {
                try await Task.sleep(for: .microseconds(.random(in: 0...5_000)))
            } catch {}
            return .answered(request.command + Array(request.id.rawValue.utf8))
        }
        try await withServer(receiver) { _, address in
            try await withClient { client in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<1_000 {
                        group.addTask {
                            let request = makeRequest("\(number)-", of: "actor-\(number)")
                            return await client.outcome(of: request, at: address)
                                == .echoed("\(number)-actor-\(number)")
                        }
                    }
                    for try await isOwn in group { #expect(isOwn) }
                }
            }
        }
    }

    @Test func `a large command and a large response fit`() async throws {
        let large = String(repeating: "x", count: 1_024 * 1_024)
        try await withServer(StubReceiver.echo) { _, address in
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest(large), at: address) == .echoed(large))
                #expect(await client.outcome(of: makeRequest(large + "x"), at: address) == .unsent)
            }
        }
    }

    @Test func `large concurrent requests do not make a message too large`() async throws {
        let large = String(repeating: "x", count: 1_024 * 1_024)
        try await withServer(StubReceiver.echo) { _, address in
            try await withClient { client in
                await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<24 {
                        group.addTask {
                            await client.outcome(of: makeRequest(large), at: address) == .echoed(large)
                        }
                    }
                    for await isOwn in group { #expect(isOwn) }
                }
            }
        }
    }

    @Test func `a request beyond the limit in flight is unsent, and room becomes free again`() async throws {
        let arrived = Signal()
        let gate = Gate()
        let receiver = StubReceiver { request in
            arrived.fire()
            await gate.pass()
            return .answered(request.command)
        }
        var policy = LinkPolicy.patient
        policy.asksPerConnection = 6
        try await withServer(policy: policy, receiver) { _, address in
            try await withClient(policy: policy) { client in
                await withTaskGroup(of: RequestOutcome.self) { group in
                    for _ in 0..<6 {
                        group.addTask { await client.outcome(of: makeRequest("in"), at: address) }
                    }
                    await arrived.wait(for: 6)
                    #expect(await client.outcome(of: makeRequest("out"), at: address) == .unsent)
                    gate.open()
                    for await outcome in group { #expect(outcome == .echoed("in")) }
                    #expect(await client.outcome(of: makeRequest("again"), at: address) == .echoed("again"))
                }
            }
        }
    }

    @Test func `a server at its limit rejects a request as not applied`() async throws {
        let arrived = Signal()
        let gate = Gate()
        let receiver = StubReceiver { request in
            arrived.fire()
            await gate.pass()
            return .answered(request.command)
        }
        var narrow = LinkPolicy.patient
        narrow.asksPerConnection = 2
        try await withServer(policy: narrow, receiver) { _, address in
            try await withClient { client in
                await withTaskGroup(of: RequestOutcome.self) { group in
                    for _ in 0..<2 { group.addTask { await client.outcome(of: makeRequest(), at: address) } }
                    await arrived.wait(for: 2)
                    let outcome = await client.outcome(of: makeRequest(), at: address)
                    gate.open()
                    guard case .answer(.failed(let failure)) = outcome else {
                        Issue.record("not a failure")
                        return
                    }
                    #expect(failure.reason == .overloaded)
                    #expect(failure.outcome == .notApplied)
                }
            }
        }
    }

    @Test func `an idle peer is disconnected, and dialled again by the next request`() async throws {
        var policy = LinkPolicy.patient
        policy.idleTimeout = .milliseconds(50)
        try await withServer(StubReceiver.echo) { _, address in
            try await withClient(policy: policy) { client in
                #expect(await client.outcome(of: makeRequest("a"), at: address) == .echoed("a"))
                while await !client.onLoop({ $0.live.isEmpty && $0.peers.isEmpty }) {
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(await client.outcome(of: makeRequest("b"), at: address) == .echoed("b"))
            }
        }
    }

    @Test func `a link that is not running sends nothing`() async throws {
        let client = try await TestClient()
        #expect(await client.outcome(of: makeRequest(), at: "127.0.0.1:1") == .unsent)
    }

    @Test func `run ends with its task, after its callers have their outcomes`() async throws {
        let arrived = Signal()
        try await withServer(StubReceiver.holding(arrived)) { _, address in
            let client = try await TestClient()
            let run = Task { try await client.link.run() }
            while await client.onLoop({ $0.phase == .idle }) { await Task.yield() }
            async let outcome = client.outcome(of: makeRequest(), at: address)
            await arrived.wait()
            run.cancel()
            #expect(await outcome == .unanswered)
            try await run.value
            #expect(await client.outcome(of: makeRequest(), at: address) == .unsent)
            await #expect(throws: LinkConfigurationError.alreadyRan) { try await client.link.run() }
        }
    }

    @Test func `the requests of one turn of the loop leave in one message`() async throws {
        let batches = Mutex<[Int]>([])
        let peer = try WirePeer.trusted { message in
            batches.withLock { $0.append(message.asks.asks.count) }
            let answers = message.asks.asks.map { ask in
                WireAnswer(.answered([]), correlation: ask.correlation, policy: LinkPolicy())
            }
            return [.with { $0.answers.answers = answers }]
        }
        try await peer.serve { address in
            try await withClient { client in
                #expect(await client.outcome(of: makeRequest(), at: address) == .answer(.answered([])))
                let all = Signal()
                await client.onLoop { link in
                    link.answered = { _, _ in all.fire() }
                    for _ in 0..<40 { link.ask(makeRequest(), at: address, caller: LinkCaller()) }
                }
                await all.wait(for: 40)
            }
        }
        #expect(batches.withLock { $0 } == [1, 40])
    }

    @Test func `a refusal does not come before the request has returned`() async throws {
        try await withClient { client in
            let isEarly = await client.onLoop { link in
                var isInside = true
                var isEarly = false
                link.answered = { _, _ in isEarly = isInside }
                link.ask(makeRequest(), at: "nowhere", caller: LinkCaller())
                isInside = false
                return isEarly
            }
            #expect(!isEarly)
        }
    }

    @Test(arguments: [(1...1, 1...2), (1...2, 1...1)] as [(ClosedRange<UInt32>, ClosedRange<UInt32>)])
    func `a build and the next one talk to each other`(
        client: ClosedRange<UInt32>,
        server: ClosedRange<UInt32>
    ) async throws {
        var (own, other) = (LinkPolicy.patient, LinkPolicy.patient)
        (own.versions, other.versions) = (client, server)
        try await withServer(policy: other, StubReceiver.echo) { _, address in
            try await withClient(policy: own) { client in
                #expect(await client.outcome(of: makeRequest("a"), at: address) == .echoed("a"))
            }
        }
    }

    @Test func `builds without a common version send nothing, and both logs say why`() async throws {
        var policy = LinkPolicy.patient
        policy.versions = 2...2
        let (ownLog, otherLog) = (LogRecorder(), LogRecorder())
        try await withServer(policy: policy, logger: otherLog.logger, StubReceiver.echo) { _, address in
            try await withClient(logger: ownLog.logger) { client in
                #expect(await client.outcome(of: makeRequest("a"), at: address) == .unsent)
            }
        }
        for log in [ownLog, otherLog] {
            #expect(log.text.contains("it speaks versions 1...1 of the link, and this node 2...2"))
        }
    }
}
