import Ownership
import Testing

@Suite struct MembershipObserverTests {
    let start = ContinuousClock.now
    let policy = LeasePolicy(length: .seconds(5), margin: .milliseconds(500), heartbeatInterval: .seconds(1))
    let generation = Generation(dataSet: "a", run: "1", replication: "x")
    let own = SessionID("own")
    let peer = SessionID("peer")

    private func member(
        _ session: SessionID,
        counter: UInt64,
        _ condition: Member.Condition = .alive,
        lease: Duration? = nil
    ) -> Member {
        Member(
            session: session,
            counter: counter,
            condition: condition,
            settled: "",
            lease: lease,
            card: NodeCard(name: session.rawValue, link: "127.0.0.1:1", build: "test")
        )
    }

    /// An observer that saw the members at each of the given seconds.
    private func observer(_ sights: [(Double, [Member])]) -> MembershipObserver {
        var observer = MembershipObserver(policy: policy)
        for (second, members) in sights {
            observer.observe(members, generation: generation, own: own, receivedAt: start + .seconds(second))
        }
        return observer
    }

    @Test func `a session that shows one counter for longer than any lease may be called dead`() {
        let observer = observer([(0, [member(peer, counter: 7)]), (5, [member(peer, counter: 7)])])
        #expect(observer.expiredSessions(at: start + .milliseconds(5_499)).isEmpty)
        let expired = observer.expiredSessions(at: start + .milliseconds(5_500)).first
        #expect(expired?.session == peer)
        #expect(expired?.counter == 7)
        #expect(expired?.generation == generation)
        #expect(observer.nextExpiry == start + .milliseconds(5_500))
    }

    @Test func `a silence lasts for as long as answers show no move, and leaves the rest of the wait`() {
        let observer = observer([(0, [member(peer, counter: 7)]), (2, [member(peer, counter: 7)])])
        let silence = observer.silence(of: peer, at: start + .seconds(3))
        // Nothing was heard after the last answer, of anybody.
        #expect(silence == .init(lasted: .seconds(2), left: .milliseconds(2_500)))
        #expect(observer.silence(of: peer, at: start + .seconds(9))?.left == .zero)
        #expect(observer.silence(of: own, at: start) == nil)
        var later = observer
        later.learnDead(peer, at: start)
        #expect(later.silence(of: peer, at: start) == nil)
    }

    @Test func `a counter that moves starts the wait anew`() {
        let observer = observer([(0, [member(peer, counter: 7)]), (5, [member(peer, counter: 8)])])
        #expect(observer.expiredSessions(at: start + .seconds(6)).isEmpty)
        #expect(observer.nextExpiry == start + .milliseconds(10_500))
    }

    @Test func `another generation starts the wait anew`() {
        var observer = observer([(0, [member(peer, counter: 7)])])
        let other = Generation(dataSet: "a", run: "2", replication: "x")
        observer.observe(
            [member(peer, counter: 7)],
            generation: other,
            own: own,
            receivedAt: start + .seconds(5)
        )
        #expect(observer.expiredSessions(at: start + .seconds(6)).isEmpty)
    }

    @Test(
        arguments: [
            (nil, 5_500), (.milliseconds(200), 5_500), (.seconds(5), 5_500), (.seconds(30), 30_500),
        ] as [(Duration?, Int64)]
    )
    func `the longer of two leases counts, and one's own where the other is not known`(
        lease: Duration?,
        wait: Int64
    ) {
        let observer = observer([(0, [member(peer, counter: 7, lease: lease)])])
        #expect(observer.nextExpiry == start + .milliseconds(wait))
        #expect(observer.expiredSessions(at: start + .milliseconds(wait - 1)).isEmpty)
        #expect(observer.expiredSessions(at: start + .milliseconds(wait)).count == 1)
    }

    @Test func `a session without an entry is given the longest lease that was ever seen`() {
        var observer = observer([(0, [member(SessionID("long"), counter: 1, lease: .seconds(30))]), (1, [])])
        observer.watch(peer)
        observer.observe([], generation: generation, own: own, receivedAt: start + .seconds(2))
        #expect(observer.nextExpiry == start + .milliseconds(32_500))
    }

    @Test func `a session never judges itself`() {
        let observer = observer([(0, [member(own, counter: 1)]), (100, [member(own, counter: 1)])])
        #expect(observer.expiredSessions(at: start + .seconds(200)).isEmpty)
    }

    @Test func `an absent session is watched only when somebody asks, and from the next answer on`() {
        var observer = observer([(0, [])])
        observer.watch(peer)
        #expect(observer.nextExpiry == nil)
        observer.observe([], generation: generation, own: own, receivedAt: start + .seconds(1))
        let expired = observer.expiredSessions(at: start + .milliseconds(6_500)).first
        #expect(expired?.session == peer)
        #expect(expired?.counter == .some(nil))
    }

    @Test func `an absent session that appears is absent no more`() {
        var observer = observer([])
        observer.watch(peer)
        observer.observe([], generation: generation, own: own, receivedAt: start)
        observer.observe(
            [member(peer, counter: 1)],
            generation: generation,
            own: own,
            receivedAt: start + .seconds(5)
        )
        #expect(observer.status(of: peer) == .present(member(peer, counter: 1)))
        #expect(observer.expiredSessions(at: start + .seconds(6)).isEmpty)
    }

    @Test func `a tombstone is for ever, whatever a later answer shows`() {
        let observer = observer([(0, [member(peer, counter: 7, .dead)]), (1, [member(peer, counter: 8)])])
        #expect(observer.status(of: peer) == .dead)
        #expect(observer.handoverTargets.isEmpty)
        #expect(observer.recentDead == [peer])
    }

    @Test func `a refused tombstone starts the wait anew`() {
        var observer = observer([(0, [member(peer, counter: 7)])])
        observer.refused(peer)
        #expect(observer.expiredSessions(at: start + .seconds(100)).isEmpty)
        observer.observe(
            [member(peer, counter: 7)],
            generation: generation,
            own: own,
            receivedAt: start + .seconds(100)
        )
        #expect(observer.nextExpiry == start + .milliseconds(105_500))
    }

    @Test func `a draining session is reachable and takes nothing new`() {
        let observer = observer([(0, [member(peer, counter: 7, .draining)])])
        #expect(observer.status(of: peer) == .present(member(peer, counter: 7, .draining)))
        #expect(observer.handoverTargets.isEmpty)
    }

    @Test func `the dead that claims carry along are the latest ones, in bounds`() {
        var observer = observer([])
        for number in 0..<40 { observer.learnDead(SessionID("dead-\(number)"), at: start) }
        #expect(observer.recentDead.count == MembershipObserver.recentDeadLimit)
        #expect(observer.recentDead.last == SessionID("dead-39"))
        #expect(observer.status(of: SessionID("dead-0")) == .dead)
    }

    @Test func `the dead that are remembered are bounded, and the latest are among them`() {
        var observer = observer([])
        let count = MembershipObserver.deadLimit * 2
        for number in 0..<count { observer.learnDead(SessionID("dead-\(number)"), at: start) }
        let remembered = (0..<count).count { observer.status(of: SessionID("dead-\($0)")) == .dead }
        #expect((MembershipObserver.deadLimit / 2...MembershipObserver.deadLimit).contains(remembered))
        #expect(observer.status(of: SessionID("dead-\(count - 1)")) == .dead)
        #expect(observer.status(of: SessionID("dead-0")) == .absent)
    }

    @Test func `the watches are bounded, and the oldest gives way`() {
        var observer = observer([])
        for number in 0...MembershipObserver.watchLimit { observer.watch(SessionID("absent-\(number)")) }
        observer.observe([], generation: generation, own: own, receivedAt: start)
        let expiredSessions = observer.expiredSessions(at: start + .seconds(10))
        #expect(expiredSessions.count == MembershipObserver.watchLimit)
        #expect(!expiredSessions.contains { $0.session == SessionID("absent-0") })
    }
}
