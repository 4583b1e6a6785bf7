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

    @Test func `a request admitted before the handshake is sent after it`() {
        var requests = requests(open: false)
        #expect(
            requests.admit(makeRequest(), as: 1, until: start + .seconds(1), for: "a") == .queued
        )
        #expect(requests.dequeue(now: start).isEmpty)
        requests.open()
        #expect(requests.dequeue(now: start).map(\.correlation) == [1])
        #expect(requests.dequeue(now: start).isEmpty)
    }

    @Test func `commands beyond the limit of bytes are refused until some were sent`() {
        var requests = requests { $0.unsentByteLimit = 10 }
        let admit = { (number: UInt64) in
            requests.admit(makeRequest("1234567"), as: number, until: start + .seconds(1), for: "")
        }
        #expect(admit(1) == .queued)
        #expect(admit(2) == .queued)
        #expect(admit(3) == .full)
        _ = requests.dequeue(now: start)
        #expect(admit(3) == .queued)
        #expect(admit(4) == .queued)
        _ = requests.overdue(now: start + .seconds(1))
        #expect(admit(5) == .queued)
    }

    @Test func `the limit counts requests that wait to be sent and requests that were sent`() {
        var requests = requests { $0.asksPerConnection = 2 }
        _ = requests.admit(makeRequest(), as: 1, until: start + .seconds(1), for: "a")
        _ = requests.dequeue(now: start)
        _ = requests.admit(makeRequest(), as: 2, until: start + .seconds(1), for: "b")
        #expect(requests.admit(makeRequest(), as: 3, until: start + .seconds(1), for: "c") == .full)
        #expect(requests.answered(1)?.waiter == "a")
        #expect(
            requests.admit(makeRequest(), as: 3, until: start + .seconds(1), for: "c") == .queued
        )
    }

    @Test func `a message holds no more requests and bytes than allowed`() {
        var requests = requests {
            $0.batchLimit = 3
            $0.batchBytes = 10
        }
        for (number, command) in [(1, "1234567"), (2, "1234567"), (3, ""), (4, ""), (5, ""), (6, "")] {
            _ = requests.admit(makeRequest(command), as: UInt64(number), until: start + .seconds(1), for: "")
        }
        #expect(requests.dequeue(now: start).map(\.correlation) == [1, 2])
        #expect(requests.dequeue(now: start).map(\.correlation) == [3, 4, 5])
        #expect(requests.dequeue(now: start).map(\.correlation) == [6])
    }

    @Test func `a request carries the time that is left when it is sent`() {
        var requests = requests()
        _ = requests.admit(makeRequest(), as: 1, until: start + .seconds(2), for: "a")
        #expect(requests.dequeue(now: start + .milliseconds(500)).first?.remaining == .milliseconds(1_500))
    }

    @Test func `an overdue request is unsent if it was not sent and unanswered if it was`() {
        var requests = requests()
        _ = requests.admit(makeRequest(), as: 1, until: start + .seconds(1), for: "sent")
        _ = requests.dequeue(now: start)
        _ = requests.admit(makeRequest(), as: 2, until: start + .seconds(1), for: "queued")
        _ = requests.admit(makeRequest(), as: 3, until: start + .seconds(9), for: "patient")
        #expect(requests.overdue(now: start + .milliseconds(999)).isEmpty)
        let overdue = requests.overdue(now: start + .seconds(1))
        #expect(overdue.count == 2)
        #expect(overdue.contains { $0.waiter == "sent" && $0.failure == .unanswered("time ran out") })
        #expect(overdue.contains { $0.waiter == "queued" && $0.failure == .unsent("time ran out") })
        #expect(requests.dequeue(now: start).map(\.correlation) == [3])
        #expect(requests.overdue(now: start + .seconds(9)).map(\.waiter) == ["patient"])
    }

    @Test func `a request with less than a millisecond left is never sent`() {
        var requests = requests()
        _ = requests.admit(makeRequest(), as: 1, until: start + .microseconds(900), for: "a")
        #expect(requests.dequeue(now: start).isEmpty)
        #expect(requests.overdue(now: start + .milliseconds(1)).first?.failure == .unsent("time ran out"))
    }

    @Test func `a late or unknown response finds no caller`() {
        var requests = requests()
        _ = requests.admit(makeRequest(), as: 1, until: start + .seconds(1), for: "a")
        #expect(requests.answered(1) == nil, "it was not sent yet")
        _ = requests.dequeue(now: start)
        _ = requests.overdue(now: start + .seconds(1))
        #expect(requests.answered(1) == nil)
        #expect(requests.answered(77) == nil)
    }

    @Test func `a retiring connection hands back what was not sent and waits for the rest`() {
        var requests = requests()
        _ = requests.admit(makeRequest(), as: 1, until: start + .seconds(1), for: "sent")
        _ = requests.dequeue(now: start)
        _ = requests.admit(makeRequest(), as: 2, until: start + .seconds(1), for: "queued")
        #expect(requests.retire() == ["queued"])
        #expect(requests.state == .retiring)
        #expect(requests.admit(makeRequest(), as: 3, until: start + .seconds(1), for: "late") == .closed)
        #expect(requests.dequeue(now: start).isEmpty)
        requests.open()
        #expect(requests.state == .retiring)
        #expect(requests.answered(1)?.waiter == "sent")
        #expect(requests.isEmpty)
    }

    @Test func `a closed connection tells every caller what is known of its request`() {
        var requests = requests()
        _ = requests.admit(makeRequest(), as: 1, until: start + .seconds(1), for: "sent")
        _ = requests.dequeue(now: start)
        _ = requests.admit(makeRequest(), as: 2, until: start + .seconds(1), for: "queued")
        let closed = requests.close("cut")
        #expect(closed.count == 2)
        #expect(closed.contains { $0.waiter == "sent" && $0.failure == .unanswered("cut") })
        #expect(closed.contains { $0.waiter == "queued" && $0.failure == .unsent("cut") })
        #expect(requests.close("again").isEmpty)
        #expect(requests.retire().isEmpty)
        #expect(requests.admit(makeRequest(), as: 3, until: start + .seconds(1), for: "late") == .closed)
    }

    @Test func `a peer that owes a response is probed once and given up at the limit`() {
        var requests = requests()
        #expect(requests.probe(now: start + .seconds(100)) == .nothing)
        _ = requests.admit(makeRequest(), as: 1, until: start + .seconds(1), for: "a")
        _ = requests.dequeue(now: start)
        #expect(requests.probe(now: start + .milliseconds(499)) == .nothing)
        #expect(requests.probe(now: start + .milliseconds(500)) == .ping)
        #expect(requests.probe(now: start + .milliseconds(600)) == .nothing)
        // A request that was given up is no sign of life.
        _ = requests.overdue(now: start + .seconds(1))
        #expect(requests.probe(now: start + .seconds(2)) == .giveUp)
    }

    @Test func `a sign of life ends the peer's silence`() {
        var requests = requests()
        _ = requests.admit(makeRequest(), as: 1, until: start + .seconds(9), for: "a")
        _ = requests.dequeue(now: start)
        requests.heard(now: start + .seconds(1))
        #expect(requests.probe(now: start + .milliseconds(1_400)) == .nothing)
        #expect(requests.probe(now: start + .milliseconds(1_500)) == .ping)
        _ = requests.answered(1)
        requests.heard(now: start + .seconds(2))
        #expect(requests.probe(now: start + .seconds(100)) == .nothing)
    }

    @Test func `requests that are overdue before the handshake leave nothing behind`() {
        var requests = requests(open: false) { $0.asksPerConnection = 4 }
        for number in 1...1_000 as ClosedRange<UInt64> {
            let now = start + .milliseconds(number)
            #expect(requests.admit(makeRequest(), as: number, until: now, for: "a") == .queued)
            #expect(requests.overdue(now: now).map(\.waiter) == ["a"])
        }
        _ = requests.admit(makeRequest(), as: 2_000, until: start + .seconds(9), for: "b")
        requests.open()
        #expect(requests.dequeue(now: start).map(\.correlation) == [2_000])
    }
}
