import CounterActor
import NIOCore
import Ownership
import RuntimeTesting
import Testing

@testable import ActorRuntime

/// Events between an exchange with the store and the next.
@Suite(.timeLimit(.minutes(1))) struct ExchangeTests {
    @Test func `a check under a generation that is past ends under the one in force`() async throws {
        try await LoneHost.with { lone async throws in
            let past = lone.redis.withStore { $0.generation }
            lone.redis.withStore { $0.restart() }
            try await lone.beat()
            async let sweep: Void = lone.settle(past)
            await lone.clock.sleepers(atLeast: 1)
            await lone.pass(.seconds(1))
            await sweep
            #expect(await lone.activation { $0.machine.sweep == nil } == true)
            #expect(lone.store.faults.count(of: .verify) == 2)
        }
    }

    @Test func `a sweep that begins while a commit is on its way ends, also if nothing changes after it`()
        async throws
    {
        try await LoneHost.with { lone async throws in
            let commit = lone.store.faults.holdNext(.commit)
            async let first = lone.add(1)
            await commit.arrived()
            async let second = lone.add(.max)
            while await lone.activation({ $0.waiting }) != 1 { await Task.yield() }
            lone.redis.withStore { $0.restart() }
            let generation = lone.redis.withStore { $0.generation }
            async let sweep: Void = lone.settle(generation)
            while await lone.activation({ $0.watchers.isEmpty }) == true { await Task.yield() }
            commit.release()
            _ = try await first
            await sweep
            #expect(await lone.activation { $0.machine.sweep == nil } == true)
            #expect(lone.store.faults.count(of: .verify) == 1)
            #expect(try await second == nil)
        }
    }

    @Test func `whoever asks again while it is told that its commit failed is answered too`() async throws {
        try await LoneHost.with { lone async throws in
            lone.store.faults.refuseNext(.commit)
            let (answers, answer) = AsyncStream.makeStream(of: Int64?.self)
            await lone.onLoop { partition in
                let end = lone.clock.now + .seconds(30)
                let asker = PersistentAsker(lone.host, on: partition.loop, until: end) { answer.yield($0) }
                for token in 0..<3 { asker.ask(UInt64(token)) }
            }
            var values: [Int64?] = []
            for await value in answers.prefix(3) { values.append(value) }
            // Answers of one commit show its state.
            #expect(values.last == 4)
        }
    }

    @Test func `an actor that must go while it answers is given up all the same`() async throws {
        try await LoneHost.with(liveLimit: 2) { lone async throws in
            let (host, deadline) = (lone.host, lone.clock.now + .seconds(30))
            await lone.onLoop { partition in
                let loop = partition.loop
                func ask(_ id: String, _ amount: Int64, for receiver: AskReceiver<CounterLogic>) {
                    host.ask(
                        ActorID(id),
                        .increment(by: amount),
                        deadline: deadline,
                        trace: nil,
                        on: loop,
                        receiver: receiver,
                        token: 0
                    )
                }
                // The second ask comes while the first is refused, and needs the place of the actor that refuses.
                ask("c", .max, for: AskReceiver { _, _ in ask("d", 1, for: AskReceiver { _, _ in }) })
            }
            while await lone.activation({ _ in true }) != nil { await Task.yield() }
            #expect(lone.store.faults.count(of: .release) == 1)
        }
    }
}

/// Asks on a host's loop, and asks again as soon as it is told of a failure.
private final class PersistentAsker {
    private let host: Host<CounterLogic>
    private let loop: any EventLoop
    private let deadline: ContinuousClock.Instant
    private let report: (Int64?) -> Void

    init(
        _ host: Host<CounterLogic>,
        on loop: any EventLoop,
        until deadline: ContinuousClock.Instant,
        report: @escaping (Int64?) -> Void
    ) {
        self.host = host
        self.loop = loop
        self.deadline = deadline
        self.report = report
    }

    func ask(_ token: UInt64) {
        host.ask(
            ActorID("c"),
            .increment(by: 1),
            deadline: deadline,
            trace: nil,
            on: loop,
            receiver: AskReceiver { result, token in
                switch result {
                case .success(let answer): self.report(answer.value)
                case .failure: self.ask(token)
                }
            },
            token: token
        )
    }
}
