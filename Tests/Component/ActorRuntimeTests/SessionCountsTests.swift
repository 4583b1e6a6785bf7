import MetricReadings
import Ownership
import Testing

@testable import ActorRuntime

/// What a node counts of its sessions.
@Suite struct SessionCountsTests {
    @Test func `only a session that ended against the node's will is lost`() {
        var counts = SessionCounts()
        let states: [SessionMachine.State] = [
            .registering, .valid(deadline: .now), .over(.left), .over(.expired), .over(.declaredDead),
            .over(.declaredDead),
        ]
        for state in states { counts.sessionEnded(state) }
        #expect(counts.losses(.expired) == 1)
        #expect(counts.losses(.declaredDead) == 2)
    }

    @Test func `heartbeats are counted by their end, with their time`() {
        var counts = SessionCounts()
        counts.heartbeatEnded(.answered, took: .milliseconds(2))
        counts.heartbeatEnded(.answered, took: .milliseconds(3))
        counts.heartbeatEnded(.failed, took: .seconds(1))
        #expect(counts.heartbeats(.answered).count == 2)
        #expect(counts.heartbeats(.answered).nanoseconds == 5_000_000)
        #expect(counts.heartbeats(.failed).count == 1)
        #expect(counts.heartbeats(.dead) == DurationHistogram())
    }
}
