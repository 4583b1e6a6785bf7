import ActorRuntime
import Testing

@testable import PeerTransport

@Suite struct ClientRequestTableTests {
    let start = ContinuousClock.now

    func requests(open: Bool = true, _ change: (inout LinkPolicy) -> Void = { _ in }) -> ClientRequestTable<
        String
    > {
        var policy = LinkPolicy()
        change(&policy)
        var requests = ClientRequestTable<String>(policy: policy)
        if open { requests.open() }
        return requests
    }

    @Test func `an ask admitted before the hello leaves after it`() {
        var requests = requests(open: false)
        #expect(
            requests.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a") == .queued(wake: false)
        )
        #expect(requests.dequeue(now: start).isEmpty)
        requests.open()
        #expect(requests.dequeue(now: start).map(\.correlation) == [1])
        #expect(requests.dequeue(now: start).isEmpty)
    }

    @Test func `the writer is woken by the first of several asks only`() {
        var requests = requests()
        #expect(requests.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a") == .queued(wake: true))
        #expect(
            requests.admit(makeAsk(), as: 2, until: start + .seconds(1), for: "b") == .queued(wake: false)
        )
        _ = requests.dequeue(now: start)
        #expect(requests.admit(makeAsk(), as: 3, until: start + .seconds(1), for: "c") == .queued(wake: true))
    }

    @Test func `the limit counts asks that wait to leave and asks that left`() {
        var requests = requests { $0.asksPerStream = 2 }
        _ = requests.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a")
        _ = requests.dequeue(now: start)
        _ = requests.admit(makeAsk(), as: 2, until: start + .seconds(1), for: "b")
        #expect(requests.admit(makeAsk(), as: 3, until: start + .seconds(1), for: "c") == .full)
        #expect(requests.answered(1)?.waiter == "a")
        #expect(
            requests.admit(makeAsk(), as: 3, until: start + .seconds(1), for: "c") == .queued(wake: false)
        )
    }

    @Test func `a message holds no more asks and bytes than allowed`() {
        var requests = requests {
            $0.batchLimit = 3
            $0.batchBytes = 10
        }
        for (number, command) in [(1, "1234567"), (2, "1234567"), (3, ""), (4, ""), (5, ""), (6, "")] {
            _ = requests.admit(makeAsk(command), as: UInt64(number), until: start + .seconds(1), for: "")
        }
        #expect(requests.dequeue(now: start).map(\.correlation) == [1, 2])
        #expect(requests.dequeue(now: start).map(\.correlation) == [3, 4, 5])
        #expect(requests.dequeue(now: start).map(\.correlation) == [6])
    }

    @Test func `the time that leaves with an ask is what is left of it then`() {
        var requests = requests()
        _ = requests.admit(makeAsk(), as: 1, until: start + .seconds(2), for: "a")
        #expect(requests.dequeue(now: start + .milliseconds(500)).first?.remaining == .milliseconds(1_500))
    }

    @Test func `an overdue ask is unsent if it did not leave and unanswered if it did`() {
        var requests = requests()
        _ = requests.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "sent")
        _ = requests.dequeue(now: start)
        _ = requests.admit(makeAsk(), as: 2, until: start + .seconds(1), for: "queued")
        _ = requests.admit(makeAsk(), as: 3, until: start + .seconds(9), for: "patient")
        #expect(requests.overdue(now: start + .milliseconds(999)).isEmpty)
        let overdue = requests.overdue(now: start + .seconds(1))
        #expect(overdue.count == 2)
        #expect(overdue.contains { $0.waiter == "sent" && $0.failure == .unanswered("time ran out") })
        #expect(overdue.contains { $0.waiter == "queued" && $0.failure == .unsent("time ran out") })
        #expect(requests.dequeue(now: start).map(\.correlation) == [3])
        #expect(requests.overdue(now: start + .seconds(9)).map(\.waiter) == ["patient"])
    }

    @Test func `an ask without a millisecond left never leaves`() {
        var requests = requests()
        _ = requests.admit(makeAsk(), as: 1, until: start + .microseconds(900), for: "a")
        #expect(requests.dequeue(now: start).isEmpty)
        #expect(requests.overdue(now: start + .milliseconds(1)).first?.failure == .unsent("time ran out"))
    }

    @Test func `a late or unknown answer finds nobody`() {
        var requests = requests()
        _ = requests.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a")
        #expect(requests.answered(1) == nil, "it did not leave yet")
        _ = requests.dequeue(now: start)
        _ = requests.overdue(now: start + .seconds(1))
        #expect(requests.answered(1) == nil)
        #expect(requests.answered(77) == nil)
    }

    @Test func `a cancelled ask does not leave`() {
        var requests = requests()
        _ = requests.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a")
        #expect(requests.cancelled(1) == "a")
        #expect(requests.cancelled(1) == nil)
        #expect(requests.dequeue(now: start).isEmpty)
        #expect(requests.isEmpty)
    }

    @Test func `a retiring stream hands back what did not leave and waits for the rest`() {
        var requests = requests()
        _ = requests.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "sent")
        _ = requests.dequeue(now: start)
        _ = requests.admit(makeAsk(), as: 2, until: start + .seconds(1), for: "queued")
        #expect(requests.retire() == ["queued"])
        #expect(requests.state == .retiring)
        #expect(requests.admit(makeAsk(), as: 3, until: start + .seconds(1), for: "late") == .closed)
        #expect(requests.dequeue(now: start).isEmpty)
        requests.open()
        #expect(requests.state == .retiring)
        #expect(requests.answered(1)?.waiter == "sent")
        #expect(requests.isEmpty)
    }

    @Test func `a closed stream tells everybody what is known`() {
        var requests = requests()
        _ = requests.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "sent")
        _ = requests.dequeue(now: start)
        _ = requests.admit(makeAsk(), as: 2, until: start + .seconds(1), for: "queued")
        let closed = requests.close("cut")
        #expect(closed.count == 2)
        #expect(closed.contains { $0.waiter == "sent" && $0.failure == .unanswered("cut") })
        #expect(closed.contains { $0.waiter == "queued" && $0.failure == .unsent("cut") })
        #expect(requests.close("again").isEmpty)
        #expect(requests.retire().isEmpty)
        #expect(requests.admit(makeAsk(), as: 3, until: start + .seconds(1), for: "late") == .closed)
    }

    @Test func `a peer that owes an answer is probed once and given up at the limit`() {
        var requests = requests()
        #expect(requests.probe(now: start + .seconds(100)) == .nothing)
        _ = requests.admit(makeAsk(), as: 1, until: start + .seconds(1), for: "a")
        _ = requests.dequeue(now: start)
        #expect(requests.probe(now: start + .milliseconds(499)) == .nothing)
        #expect(requests.probe(now: start + .milliseconds(500)) == .ping)
        #expect(requests.probe(now: start + .milliseconds(600)) == .nothing)
        // That the ask was given up does not make the peer any livelier.
        _ = requests.overdue(now: start + .seconds(1))
        #expect(requests.probe(now: start + .seconds(2)) == .giveUp)
    }

    @Test func `a word of the peer ends its silence`() {
        var requests = requests()
        _ = requests.admit(makeAsk(), as: 1, until: start + .seconds(9), for: "a")
        _ = requests.dequeue(now: start)
        requests.heard(now: start + .seconds(1))
        #expect(requests.probe(now: start + .milliseconds(1_400)) == .nothing)
        #expect(requests.probe(now: start + .milliseconds(1_500)) == .ping)
        _ = requests.answered(1)
        requests.heard(now: start + .seconds(2))
        #expect(requests.probe(now: start + .seconds(100)) == .nothing)
    }

    @Test func `asks cancelled before the hello leave nothing behind`() {
        var requests = requests(open: false) { $0.asksPerStream = 4 }
        for number in 1...1_000 as ClosedRange<UInt64> {
            #expect(requests.admit(makeAsk(), as: number, until: start + .seconds(1), for: "a") != .full)
            _ = requests.cancelled(number)
        }
        _ = requests.admit(makeAsk(), as: 2_000, until: start + .seconds(1), for: "b")
        requests.open()
        #expect(requests.dequeue(now: start).map(\.correlation) == [2_000])
    }
}
