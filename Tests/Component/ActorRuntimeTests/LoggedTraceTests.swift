import ActorRuntime
import CounterActor
import RequestTracing
import RuntimeTesting
import Testing

/// Lines about one request name its trace, though no task logs them.
@Suite(.timeLimit(.minutes(1))) struct LoggedTraceTests {
    @Test(arguments: [true, false])
    func `an actor that cannot be read is logged with the trace of who asked for it`(
        _ isTraced: Bool
    ) async throws {
        let (trace, span) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
        let context = try #require(TraceContext(parent: "00-\(trace)-\(span)-00"))
        let recorder = EventRecorder()
        try await LoneHost.with(logger: recorder.logger) { lone in
            let spoiled = ActorID("spoiled")
            lone.redis.withStore { $0.contents.slots[spoiled] = .unreadable("a list") }
            let deadline = lone.clock.now + .seconds(30)
            let failed = await failure {
                try await lone.host.ask(
                    spoiled,
                    .increment(by: 1),
                    deadline: deadline,
                    trace: isTraced ? context : nil
                )
            }
            #expect(failed?.reason == .unreadable)
        }
        let line = try #require(recorder.events.first { $0["event"] == "actor.unreadable" })
        #expect(line["actor"] == "spoiled")
        #expect(line["trace_id"] == (isTraced ? trace : nil))
        #expect(line["span_id"] == (isTraced ? span : nil))
    }
}
