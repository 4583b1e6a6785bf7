import ActorRuntime
import Ownership
import Synchronization
import Testing

@testable import PeerTransport

@Suite(.timeLimit(.minutes(1))) struct LinkTests {
    @Test func `an answer comes back`() async throws {
        try await withServer(StubReceiver.echo) { _, address in
            try await withClient { client in
                #expect(await client.outcome(of: makeAsk("hello"), at: address) == .echoed("hello"))
            }
        }
    }

    @Test func `session, actor, trace and the time that is left travel with an ask`() async throws {
        let seen = Mutex<[LinkRequest]>([])
        let receiver = StubReceiver { ask in
            seen.withLock { $0.append(ask) }
            return .notHere(owner: SessionID("another"))
        }
        try await withServer(receiver) { _, address in
            try await withClient { client in
                let ask = makeAsk("x", to: "the-session", of: "the-actor", within: .seconds(7))
                #expect(
                    await client.outcome(of: ask, at: address)
                        == .answer(.notHere(owner: SessionID("another")))
                )
            }
        }
        let ask = try #require(seen.withLock { $0.first })
        #expect(ask.target == SessionID("the-session"))
        #expect(ask.id == ActorID("the-actor"))
        #expect(ask.trace == "00-trace")
        #expect(ask.remaining <= .seconds(7) && ask.remaining > .seconds(5))
    }

    @Test func `a thousand asks at once with answers in any order each get their own`() async throws {
        let receiver = StubReceiver { ask in
            do {
                try await Task.sleep(for: .microseconds(.random(in: 0...5_000)))
            } catch {}
            return .answered(ask.command + Array(ask.id.rawValue.utf8))
        }
        try await withServer(receiver) { _, address in
            try await withClient { client in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<1_000 {
                        group.addTask {
                            let ask = makeAsk("\(number)-", of: "actor-\(number)")
                            return await client.outcome(of: ask, at: address)
                                == .echoed("\(number)-actor-\(number)")
                        }
                    }
                    for try await isOwn in group { #expect(isOwn) }
                }
            }
        }
    }

    @Test func `a large command and a large answer fit`() async throws {
        let large = String(repeating: "x", count: 1_024 * 1_024)
        try await withServer(StubReceiver.echo) { _, address in
            try await withClient { client in
                #expect(await client.outcome(of: makeAsk(large), at: address) == .echoed(large))
                #expect(await client.outcome(of: makeAsk(large + "x"), at: address) == .unsent)
            }
        }
    }

    @Test func `large asks at once do not make a message too large`() async throws {
        let large = String(repeating: "x", count: 1_024 * 1_024)
        try await withServer(StubReceiver.echo) { _, address in
            try await withClient { client in
                await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<24 {
                        group.addTask {
                            await client.outcome(of: makeAsk(large), at: address) == .echoed(large)
                        }
                    }
                    for await isOwn in group { #expect(isOwn) }
                }
            }
        }
    }

    @Test func `beyond the asks in flight an ask is unsent, and room comes back`() async throws {
        let arrived = Signal()
        let gate = Gate()
        let receiver = StubReceiver { ask in
            arrived.fire()
            await gate.pass()
            return .answered(ask.command)
        }
        var policy = LinkPolicy()
        policy.streamsPerPeer = 2
        policy.asksPerStream = 3
        try await withServer(policy: policy, receiver) { _, address in
            try await withClient(policy: policy) { client in
                await withTaskGroup(of: AskOutcome.self) { group in
                    for _ in 0..<6 { group.addTask { await client.outcome(of: makeAsk("in"), at: address) } }
                    await arrived.wait(for: 6)
                    #expect(await client.outcome(of: makeAsk("out"), at: address) == .unsent)
                    gate.open()
                    for await fate in group { #expect(fate == .echoed("in")) }
                    #expect(await client.outcome(of: makeAsk("again"), at: address) == .echoed("again"))
                }
            }
        }
    }

    @Test func `a server busy to its limit turns an ask away, not applied`() async throws {
        let arrived = Signal()
        var narrow = LinkPolicy()
        narrow.asksPerStream = 2
        narrow.streamsPerPeer = 1
        var wide = LinkPolicy()
        wide.streamsPerPeer = 1
        try await withServer(policy: narrow, StubReceiver.holding(arrived)) { _, address in
            try await withClient(policy: wide) { client in
                await withTaskGroup(of: AskOutcome.self) { group in
                    for _ in 0..<2 { group.addTask { await client.outcome(of: makeAsk(), at: address) } }
                    await arrived.wait(for: 2)
                    guard
                        case .answer(.failed(let failure)) = await client.outcome(of: makeAsk(), at: address)
                    else {
                        Issue.record("not a failure")
                        return
                    }
                    #expect(failure.reason == .overloaded)
                    #expect(failure.outcome == .notApplied)
                    group.cancelAll()
                }
            }
        }
    }

    @Test func `a peer that nobody asks any more is disconnected, and dialled again when asked`() async throws
    {
        var policy = LinkPolicy()
        policy.idleTimeout = .milliseconds(50)
        try await withServer(StubReceiver.echo) { _, address in
            try await withClient(policy: policy) { client in
                #expect(await client.outcome(of: makeAsk("a"), at: address) == .echoed("a"))
                while !client.state.withLock({ $0.live.isEmpty && $0.peers.isEmpty }) {
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(await client.outcome(of: makeAsk("b"), at: address) == .echoed("b"))
            }
        }
    }

    @Test func `a link that does not run sends nothing`() async throws {
        let client = try LinkClient(secret: "secret", logger: quiet)
        #expect(await client.outcome(of: makeAsk(), at: "127.0.0.1:1") == .unsent)
    }

    @Test func `run ends with its task, after its callers were told`() async throws {
        let arrived = Signal()
        try await withServer(StubReceiver.holding(arrived)) { _, address in
            let client = try LinkClient(secret: "secret", logger: quiet)
            let run = Task { try await client.run() }
            while client.state.withLock({ $0.phase == .idle }) { await Task.yield() }
            async let fate = client.outcome(of: makeAsk(), at: address)
            await arrived.wait()
            run.cancel()
            #expect(await fate == .unanswered)
            try await run.value
            #expect(await client.outcome(of: makeAsk(), at: address) == .unsent)
            await #expect(throws: LinkConfigurationError.alreadyRan) { try await client.run() }
        }
    }
}
