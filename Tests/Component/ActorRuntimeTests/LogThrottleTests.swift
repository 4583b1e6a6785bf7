import ActorRuntime
import RuntimeTesting
import Testing

/// Lines that everybody can cause are counted, and said once a while.
@Suite(.timeLimit(.minutes(1))) struct LogThrottleTests {
    @Test func `an actor that cannot be read is logged once a while, however often it is asked for`()
        async throws
    {
        let recorder = EventRecorder()
        try await LoneHost.with(logger: recorder.logger) { lone in
            let spoiled = ActorID("spoiled")
            lone.redis.withStore { $0.contents.slots[spoiled] = .unreadable("a list") }
            for round in 0..<3 {
                for _ in 0..<20 {
                    let failed = await failure { try await lone.add(1, to: spoiled) }
                    #expect(failed?.reason == .unreadable)
                }
                let lines = recorder.events.filter { $0["event"] == "actor.unreadable" }
                #expect(lines.count == round + 1)
                #expect(lines.last?["suppressed"] == (round == 0 ? "0" : "19"))
                #expect(lines.last?["actor"] == "spoiled")
                // The session goes on meanwhile.
                for _ in 0..<4 {
                    await lone.pass(.seconds(3))
                    try await lone.beat()
                }
            }
        }
    }
}
