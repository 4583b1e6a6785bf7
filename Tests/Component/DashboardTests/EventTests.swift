import Testing

@testable import Dashboard

@Suite struct EventTests {
    private typealias Draft = ClusterEvent.Draft

    private func events(from former: NodeSample, to present: NodeSample) -> [Draft] {
        Draft.events(from: former, to: present)
    }

    @Test func `nothing happened between two equal samples`() {
        #expect(events(from: sampled(), to: sampled()).isEmpty)
    }

    @Test func `a lost session says how many carts went with it`() {
        let former = sampled(nodeSnapshot(live: 7))
        let present = sampled(nodeSnapshot(session: "s2", notReady: ["the node has no valid session"])) {
            $0.expiredSessions = 1
            $0.droppedCarts = 5
        }
        #expect(
            events(from: former, to: present) == [
                Draft(kind: .sessionLost, carts: 7, detail: "no heartbeat in time"),
                Draft(kind: .notReady, detail: "the node has no valid session"),
            ]
        )
        let declared = sampled(nodeSnapshot(session: "s2")) {
            $0.sessionsDeclaredDead = 1
            $0.droppedCarts = 9
        }
        #expect(
            events(from: sampled(), to: declared) == [
                Draft(kind: .sessionLost, carts: 9, detail: "declared dead by another node")
            ]
        )
    }

    @Test func `a drain begins with the live carts and ends without any`() {
        let serving = sampled(nodeSnapshot(live: 3))
        let draining = sampled(nodeSnapshot(notReady: ["the node is leaving"], draining: true, live: 2))
        let drained = sampled(nodeSnapshot(notReady: ["the node is leaving"], draining: true))
        #expect(events(from: serving, to: draining) == [Draft(kind: .drainBegan, carts: 3)])
        #expect(events(from: draining, to: drained) == [Draft(kind: .drained)])
        #expect(events(from: drained, to: drained).isEmpty)
    }

    @Test(arguments: [
        ("x:r:p", "another data set: Redis was flushed or replaced"),
        ("d:x:x", "another server process: Redis was restarted or failed over"),
        ("d:r:x", "another replication id: Redis failed over"),
        ("other", "another generation"),
    ])
    func `a generation that changes says which part of it`(_ generation: String, _ detail: String) {
        #expect(
            events(from: sampled(), to: sampled(nodeSnapshot(generation: generation)))
                == [Draft(kind: .generationChanged, detail: detail)]
        )
    }

    @Test func `the first generation is no change, and a new node's first members did not join`() {
        let blank = sampled(nodeSnapshot(generation: nil))
        #expect(events(from: blank, to: sampled(nodeSnapshot(members: [member("n2")]))).isEmpty)
    }

    @Test func `trouble with Redis begins and ends once`() {
        let trouble = sampled(nodeSnapshot(redisProblem: "no answer"))
        let other = sampled(nodeSnapshot(redisProblem: "MISCONF"))
        #expect(events(from: sampled(), to: trouble) == [Draft(kind: .redisTrouble, detail: "no answer")])
        #expect(events(from: trouble, to: other).isEmpty)
        #expect(events(from: other, to: sampled()) == [Draft(kind: .redisBack)])
        let begun = sampled(nodeSnapshot(generation: nil, redisProblem: "no connection"))
        #expect(events(from: begun, to: sampled()).isEmpty)
    }

    @Test func `members join, leave in order, and die`() {
        let silence = Silence(lasted: 5, left: 0.5)
        let alone = sampled()
        let both = sampled(nodeSnapshot(members: [member("n2")]))
        let leaving = sampled(nodeSnapshot(members: [member("n2", condition: "draining")]))
        let silent = sampled(nodeSnapshot(members: [member("n2", silence: silence)]))
        let stuck = sampled(nodeSnapshot(members: [member("n2", condition: "draining", silence: silence)]))
        #expect(events(from: alone, to: both) == [Draft(kind: .joined, subject: "n2")])
        #expect(events(from: both, to: leaving) == [Draft(kind: .draining, subject: "n2")])
        #expect(events(from: leaving, to: alone) == [Draft(kind: .left, subject: "n2")])
        #expect(events(from: silent, to: alone) == [Draft(kind: .died, subject: "n2")])
        #expect(events(from: stuck, to: alone) == [Draft(kind: .died, subject: "n2")])
    }

    @Test func `sweeps and takeovers name the carts concerned`() {
        let former = sampled { $0.takeovers = 1 }
        let present = sampled {
            $0.takeovers = 15
            $0.sweeps = 1
            $0.sweptCarts = 40
            $0.differingCarts = 2
            $0.abandonedSweeps = 1
        }
        #expect(
            events(from: former, to: present) == [
                Draft(kind: .takeover, carts: 14),
                Draft(kind: .swept, carts: 40, detail: "2 differed from Redis or had a change under way"),
                Draft(kind: .sweepAbandoned),
            ]
        )
    }

    @Test func `takeovers that were not counted before are not news`() {
        #expect(events(from: sampled(), to: sampled { $0.takeovers = 9 }).isEmpty)
    }

    // MARK: The log

    private func event(_ process: String, _ number: Int) -> ClusterEvent {
        ClusterEvent(Draft(kind: .ready), node: process, process: process, number: number, at: Int64(number))
    }

    @Test func `a log keeps the newest events and tells its own`() {
        var log = EventLog(process: "p1")
        for at in 1...300 { log.append(Draft(kind: .ready), node: "n1", at: Int64(at)) }
        #expect(log.entries.count == EventLog.limit)
        #expect(log.entries.last?.event.number == 300)
        #expect(log.own.count == EventLog.ownLimit)
        #expect(log.own.last?.at == 300)
        #expect(log.after(298).map(\.event.number) == [299, 300])
        #expect(log.after(300).isEmpty)
    }

    @Test func `what others tell again and again is taken once, and nothing of our own comes back`() {
        var log = EventLog(process: "p1")
        log.merge([event("p2", 1), event("p2", 2)])
        log.merge([event("p2", 1), event("p2", 2), event("p2", 3), event("p1", 9)])
        #expect(log.entries.map(\.event.number) == [1, 2, 3])
        #expect(log.own.isEmpty)
        // Also where it was forgotten meanwhile.
        for at in 1...EventLog.limit { log.append(Draft(kind: .ready), node: "n1", at: Int64(at)) }
        log.merge([event("p2", 1), event("p2", 2), event("p2", 3)])
        #expect(log.entries.count == EventLog.limit)
        #expect(log.entries.allSatisfy { $0.event.process == "p1" })
    }
}
