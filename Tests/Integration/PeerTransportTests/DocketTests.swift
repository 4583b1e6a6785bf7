import ActorRuntime
import Testing

@testable import PeerTransport

@Suite struct DocketTests {
    let start = ContinuousClock.now

    func docket(open: Bool = true, _ change: (inout LinkPolicy) -> Void = { _ in }) -> Docket<String> {
        var policy = LinkPolicy()
        change(&policy)
        var docket = Docket<String>(policy: policy)
        if open { docket.open() }
        return docket
    }

    @Test func `an ask admitted before the hello leaves after it`() {
        var docket = docket(open: false)
        #expect(docket.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a") == .queued(wake: false))
        #expect(docket.depart(now: start).isEmpty)
        docket.open()
        #expect(docket.depart(now: start).map(\.correlation) == [1])
        #expect(docket.depart(now: start).isEmpty)
    }

    @Test func `the writer is woken by the first of several asks only`() {
        var docket = docket()
        #expect(docket.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a") == .queued(wake: true))
        #expect(docket.admit(makeAsk(), as: 2, until: start + .seconds(1), for: "b") == .queued(wake: false))
        _ = docket.depart(now: start)
        #expect(docket.admit(makeAsk(), as: 3, until: start + .seconds(1), for: "c") == .queued(wake: true))
    }

    @Test func `the limit counts asks that wait to leave and asks that left`() {
        var docket = docket { $0.asksPerStream = 2 }
        _ = docket.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a")
        _ = docket.depart(now: start)
        _ = docket.admit(makeAsk(), as: 2, until: start + .seconds(1), for: "b")
        #expect(docket.admit(makeAsk(), as: 3, until: start + .seconds(1), for: "c") == .full)
        #expect(docket.answered(1)?.waiter == "a")
        #expect(docket.admit(makeAsk(), as: 3, until: start + .seconds(1), for: "c") == .queued(wake: false))
    }

    @Test func `a message holds no more asks and bytes than allowed`() {
        var docket = docket {
            $0.batchLimit = 3
            $0.batchBytes = 10
        }
        for (number, command) in [(1, "1234567"), (2, "1234567"), (3, ""), (4, ""), (5, ""), (6, "")] {
            _ = docket.admit(makeAsk(command), as: UInt64(number), until: start + .seconds(1), for: "")
        }
        #expect(docket.depart(now: start).map(\.correlation) == [1, 2])
        #expect(docket.depart(now: start).map(\.correlation) == [3, 4, 5])
        #expect(docket.depart(now: start).map(\.correlation) == [6])
    }

    @Test func `the time that leaves with an ask is what is left of it then`() {
        var docket = docket()
        _ = docket.admit(makeAsk(), as: 1, until: start + .seconds(2), for: "a")
        #expect(docket.depart(now: start + .milliseconds(500)).first?.remaining == .milliseconds(1_500))
    }

    @Test func `an overdue ask is unsent if it did not leave and unanswered if it did`() {
        var docket = docket()
        _ = docket.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "sent")
        _ = docket.depart(now: start)
        _ = docket.admit(makeAsk(), as: 2, until: start + .seconds(1), for: "queued")
        _ = docket.admit(makeAsk(), as: 3, until: start + .seconds(9), for: "patient")
        #expect(docket.overdue(now: start + .milliseconds(999)).isEmpty)
        let overdue = docket.overdue(now: start + .seconds(1))
        #expect(overdue.count == 2)
        #expect(overdue.contains { $0.waiter == "sent" && $0.failure == .unanswered("time ran out") })
        #expect(overdue.contains { $0.waiter == "queued" && $0.failure == .unsent("time ran out") })
        #expect(docket.depart(now: start).map(\.correlation) == [3])
        #expect(docket.overdue(now: start + .seconds(9)).map(\.waiter) == ["patient"])
    }

    @Test func `an ask without a millisecond left never leaves`() {
        var docket = docket()
        _ = docket.admit(makeAsk(), as: 1, until: start + .microseconds(900), for: "a")
        #expect(docket.depart(now: start).isEmpty)
        #expect(docket.overdue(now: start + .milliseconds(1)).first?.failure == .unsent("time ran out"))
    }

    @Test func `a late or unknown answer finds nobody`() {
        var docket = docket()
        _ = docket.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a")
        #expect(docket.answered(1) == nil, "it did not leave yet")
        _ = docket.depart(now: start)
        _ = docket.overdue(now: start + .seconds(1))
        #expect(docket.answered(1) == nil)
        #expect(docket.answered(77) == nil)
    }

    @Test func `a cancelled ask does not leave`() {
        var docket = docket()
        _ = docket.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a")
        #expect(docket.cancelled(1) == "a")
        #expect(docket.cancelled(1) == nil)
        #expect(docket.depart(now: start).isEmpty)
        #expect(docket.isEmpty)
    }

    @Test func `a retiring stream hands back what did not leave and waits for the rest`() {
        var docket = docket()
        _ = docket.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "sent")
        _ = docket.depart(now: start)
        _ = docket.admit(makeAsk(), as: 2, until: start + .seconds(1), for: "queued")
        #expect(docket.retire() == ["queued"])
        #expect(docket.state == .retiring)
        #expect(docket.admit(makeAsk(), as: 3, until: start + .seconds(1), for: "late") == .closed)
        #expect(docket.depart(now: start).isEmpty)
        docket.open()
        #expect(docket.state == .retiring)
        #expect(docket.answered(1)?.waiter == "sent")
        #expect(docket.isEmpty)
    }

    @Test func `a closed stream tells everybody what is known`() {
        var docket = docket()
        _ = docket.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "sent")
        _ = docket.depart(now: start)
        _ = docket.admit(makeAsk(), as: 2, until: start + .seconds(1), for: "queued")
        let closed = docket.close("cut")
        #expect(closed.count == 2)
        #expect(closed.contains { $0.waiter == "sent" && $0.failure == .unanswered("cut") })
        #expect(closed.contains { $0.waiter == "queued" && $0.failure == .unsent("cut") })
        #expect(docket.close("again").isEmpty)
        #expect(docket.retire().isEmpty)
        #expect(docket.admit(makeAsk(), as: 3, until: start + .seconds(1), for: "late") == .closed)
    }

    @Test func `a peer that owes an answer is probed once and given up at the limit`() {
        var docket = docket()
        #expect(docket.probe(now: start + .seconds(100)) == .nothing)
        _ = docket.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a")
        _ = docket.depart(now: start)
        #expect(docket.probe(now: start + .milliseconds(499)) == .nothing)
        #expect(docket.probe(now: start + .milliseconds(500)) == .ping)
        #expect(docket.probe(now: start + .milliseconds(600)) == .nothing)
        // That the ask was given up does not make the peer any livelier.
        _ = docket.overdue(now: start + .seconds(1))
        #expect(docket.probe(now: start + .seconds(2)) == .giveUp)
    }

    @Test func `a word of the peer ends its silence`() {
        var docket = docket()
        _ = docket.admit(makeAsk(), as: 1, until: start + .seconds(9), for: "a")
        _ = docket.depart(now: start)
        docket.heard(now: start + .seconds(1))
        #expect(docket.probe(now: start + .milliseconds(1_400)) == .nothing)
        #expect(docket.probe(now: start + .milliseconds(1_500)) == .ping)
        _ = docket.answered(1)
        docket.heard(now: start + .seconds(2))
        #expect(docket.probe(now: start + .seconds(100)) == .nothing)
    }

    @Test func `asks cancelled before the hello leave nothing behind`() {
        var docket = docket(open: false) { $0.asksPerStream = 4 }
        for number in 1...1_000 as ClosedRange<UInt64> {
            #expect(docket.admit(makeAsk(), as: number, until: start + .seconds(1), for: "a") != .full)
            _ = docket.cancelled(number)
        }
        _ = docket.admit(makeAsk(), as: 2_000, until: start + .seconds(1), for: "b")
        docket.open()
        #expect(docket.depart(now: start).map(\.correlation) == [2_000])
    }
}
