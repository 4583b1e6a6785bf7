import CounterActor
import Ownership
import RuntimeTesting
import Testing

@testable import ActorRuntime

/// Events between the moment at which a caller leaves the pump and the moment at which the host takes it up.
@Suite(.timeLimit(.minutes(1))) struct HandOverTests {
    @Test func `a sweep that begins while the pump is handed over ends, also if nothing changes`()
        async throws
    {
        let lone = try await LoneActivation()
        let activation = lone.activation
        let commit = lone.store.faults.holdNext(.commit)
        async let first = lone.add(1)
        await commit.arrived()
        async let second = lone.add(.max)
        while await activation.waiting < 1 { await Task.yield() }
        commit.release()
        _ = await first

        lone.redis.withStore { $0.restart() }
        let generation = lone.redis.withStore { $0.generation }
        async let sweep: Void = activation.settle(generation)
        while await activation.watchers.isEmpty { await Task.yield() }
        await activation.pump()
        #expect(await activation.machine.sweep == nil)
        #expect(lone.store.faults.count(of: .verify) == 1)
        guard case .answer(let answer) = await second else {
            Issue.record("the second command was not answered")
            return await activation.close()
        }
        #expect(answer.value == nil)
        await activation.close()
        await sweep
    }

    @Test func `a command whose time runs out before its commit leaves is not in a commit`() async throws {
        let lone = try await LoneActivation()
        let activation = lone.activation
        let deadline = lone.clock.now + .seconds(1)
        lone.clock.cancelNextReader()
        async let late = activation.handle(.increment(by: 10), deadline: deadline)
        while await activation.machine.operation == nil { await Task.yield() }
        async let next = lone.add(100)
        while await activation.waiting < 1 { await Task.yield() }
        lone.clock.advance(by: .seconds(2))
        await activation.expireCallers(at: lone.clock.now)
        guard case .failure(let failure) = await late else {
            Issue.record("the late command was not told of its end")
            return await activation.close()
        }
        #expect(failure.outcome == .notApplied)
        await activation.pump()
        guard case .answer(let answer) = await next else {
            Issue.record("the next command was not answered")
            return await activation.close()
        }
        #expect(answer.value == 101)
        #expect(lone.record?.state?.value == 101)
        #expect(lone.record.map { $0.version.sequence.rawValue - $0.version.epoch.rawValue } == 1)
    }

    @Test func `a check under a generation that is past ends under the one in force`() async throws {
        let lone = try await LoneActivation()
        let activation = lone.activation
        let past = lone.redis.withStore { $0.generation }
        lone.redis.withStore { $0.restart() }
        try await lone.beat()
        async let sweep: Void = activation.settle(past)
        while await activation.watchers.isEmpty { await Task.yield() }
        async let pump: Void = activation.pump()
        await lone.clock.sleeper()
        lone.clock.advance(by: .seconds(1))
        await pump
        #expect(await activation.machine.sweep == nil)
        #expect(lone.store.faults.count(of: .verify) == 2)
        await activation.close()
        await sweep
    }
}
