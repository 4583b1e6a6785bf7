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
}
