import Ownership
import Testing

@Suite struct SessionMachineTests {
    let start = ContinuousClock.now
    let policy = LeasePolicy(length: .seconds(5), margin: .milliseconds(500), heartbeatInterval: .seconds(1))

    // `#expect` takes no mutating calls, but it takes functions of what mutates.
    private func mayAct(_ session: inout SessionMachine, _ now: ContinuousClock.Instant) -> Bool {
        session.mayAct(at: now)
    }

    private func isOver(_ session: inout SessionMachine, _ now: ContinuousClock.Instant) -> Bool {
        session.isOver(at: now)
    }

    private func answered(
        _ session: inout SessionMachine,
        _ answer: SessionMachine.Answer,
        sentAt: ContinuousClock.Instant,
        now: ContinuousClock.Instant
    ) -> Bool {
        session.heartbeatAnswered(answer, sentAt: sentAt, now: now)
    }

    /// A session whose heartbeat left at `start` and was answered a second later.
    private func valid() -> SessionMachine {
        var session = SessionMachine(policy: policy)
        session.heartbeatAnswered(.alive(extends: true), sentAt: start, now: start + .seconds(1))
        return session
    }

    private func over() -> SessionMachine {
        var session = valid()
        session.leave()
        return session
    }

    @Test func `a session without an answered heartbeat may not act, and is not over`() {
        var session = SessionMachine(policy: policy)
        #expect(!mayAct(&session, start))
        #expect(!isOver(&session, start + .seconds(1_000)))
        #expect(session.state == .registering)
    }

    @Test func `the right to act is counted from when the heartbeat left, less the margin`() {
        #expect(valid().state == .valid(deadline: start + .milliseconds(4_500)))
    }

    @Test func `the right to act ends at the deadline itself`() {
        var session = valid()
        #expect(mayAct(&session, start + .milliseconds(4_499)))
        #expect(!mayAct(&session, start + .milliseconds(4_500)))
    }

    @Test func `a session once found over stays over at earlier instants`() {
        var session = valid()
        #expect(!mayAct(&session, start + .seconds(5)))
        #expect(!mayAct(&session, start))
        #expect(session.state == .over(.expired))
    }

    @Test func `an answer that comes at or after the deadline revives nothing`() {
        var session = valid()
        let late = start + .milliseconds(4_500)
        #expect(!answered(&session, .alive(extends: true), sentAt: start + .seconds(4), now: late))
        #expect(session.state == .over(.expired))
    }

    @Test func `an answer to an older heartbeat does not shorten the right`() {
        var session = SessionMachine(policy: policy)
        session.heartbeatAnswered(
            .alive(extends: true),
            sentAt: start + .seconds(1),
            now: start + .seconds(2)
        )
        session.heartbeatAnswered(.alive(extends: true), sentAt: start, now: start + .seconds(2))
        #expect(session.state == .valid(deadline: start + .milliseconds(5_500)))
    }

    @Test func `an answer that may not extend leaves every state as it is`() {
        var registering = SessionMachine(policy: policy)
        registering.heartbeatAnswered(.alive(extends: false), sentAt: start, now: start)
        #expect(registering.state == .registering)
        var valid = valid()
        valid.heartbeatAnswered(.alive(extends: false), sentAt: start + .seconds(2), now: start + .seconds(2))
        #expect(valid == self.valid())
    }

    @Test func `a first answer that took longer than the lease gives no right`() {
        var session = SessionMachine(policy: policy)
        #expect(!answered(&session, .alive(extends: true), sentAt: start, now: start + .seconds(5)))
        #expect(session.state == .over(.expired))
    }

    @Test func `a tombstone ends a session in every state`() {
        for var session in [SessionMachine(policy: policy), valid()] {
            #expect(!answered(&session, .dead, sentAt: start, now: start + .seconds(1)))
            #expect(session.state == .over(.declaredDead))
        }
    }

    @Test func `leaving ends a session in every state`() {
        for var session in [SessionMachine(policy: policy), valid()] {
            session.leave()
            #expect(session.state == .over(.left))
        }
    }

    @Test func `nothing moves a session that is over`() {
        let answers: [SessionMachine.Answer] = [.dead, .alive(extends: true), .alive(extends: false)]
        for answer in answers {
            var session = over()
            #expect(!answered(&session, answer, sentAt: start + .seconds(1), now: start + .seconds(1)))
            session.leave()
            #expect(session == over())
        }
    }
}
