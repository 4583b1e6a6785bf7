import CounterActor
import Ownership
import RuntimeTesting
import Testing

@testable import ActorRuntime

/// The end of a host whose loop still has something to do for it.
@Suite(.timeLimit(.minutes(1))) struct HostEndTests {
    /// Many times, as it depends on which thread is faster: an answer that finds no partition any more ends the
    /// process.
    @Test func `a host that has stopped leaves nothing on its loop that needs it`() async throws {
        for _ in 0..<300 {
            let lone = LoneHost()
            let run = Task { [host = lone.host] in await host.run(AsyncStream { $0.finish() }) }
            try await lone.beat()
            let claim = lone.store.faults.holdNext(.claim)
            let ask = Task { [host = lone.host, end = lone.clock.now + .seconds(30)] in
                await failure { try await host.ask(LoneHost.id, .increment(by: 1), deadline: end) }
            }
            await claim.arrived()
            // The commit that would be next begins when nothing begins any more, or just before.
            claim.release()
            run.cancel()
            await run.value
            _ = await ask.value
        }
    }
}
