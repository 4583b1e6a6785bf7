import Testing

@testable import RedisClient

/// Instants are whole seconds, tickets are numbers.
@Suite struct PendingCommandQueueTests {
    typealias Machine = PendingCommandQueue<Int, Int>

    private func machine(sent: [Int] = [], unsent: [Int] = [], limit: Int = 4) -> Machine {
        var machine = Machine(limit: limit, unsentByteLimit: 100)
        for ticket in sent { _ = machine.submit(ticket, bytes: 10, deadline: ticket) }
        machine.markSent()
        for ticket in unsent { _ = machine.submit(ticket, bytes: 10, deadline: ticket) }
        return machine
    }

    @Test func `a command waits to be sent until all are`() {
        var machine = machine()
        #expect(machine.submit(1, bytes: 1, deadline: 1) == nil)
        #expect(machine.submit(2, bytes: 1, deadline: 2) == nil)
        #expect(machine.hasUnsent && !machine.expectsReply)
        machine.markSent()
        #expect(!machine.hasUnsent && machine.expectsReply)
    }

    @Test func `replies go to the commands in the order of asking`() {
        var machine = machine(sent: [1, 2, 3])
        for ticket in 1...3 {
            guard case .to(ticket) = machine.reply() else {
                Issue.record("reply \(ticket) went astray")
                continue
            }
        }
        #expect(machine.isEmpty)
    }

    @Test func `a reply is nobody's when nothing was sent`() {
        for var machine in [machine(), machine(unsent: [1])] {
            #expect(!machine.expectsReply)
            guard case .unexpected = machine.reply() else {
                Issue.record("an unsent command was answered")
                continue
            }
        }
    }

    @Test func `a preface and its command enter side by side or not at all`() {
        var machine = machine(sent: [1, 2, 3])
        #expect(machine.submit(5, after: (4, 1), bytes: 1, deadline: 9) == .overloaded)
        _ = machine.reply()
        #expect(machine.submit(5, after: (4, 1), bytes: 1, deadline: 9) == nil)
        #expect(machine.submit(6, bytes: 1, deadline: 9) == .overloaded)
        #expect(machine.end(.shutDown, now: 0).map(\.ticket) == [2, 3, 4, 5])
    }

    /// An optional command has no reply but an error, which is nobody's. What follows it has another reply.
    @Test(arguments: [[true, false], [false]])
    func `an optional command may be answered by an error or not at all`(errors: [Bool]) {
        var machine = machine(sent: [1])
        #expect(machine.submit(2, optional: 3, bytes: 1, deadline: 9) == .overloaded)
        #expect(machine.submit(2, optional: 1, bytes: 1, deadline: 9) == nil)
        #expect(machine.submit(3, bytes: 1, deadline: 9) == nil)
        machine.markSent()
        guard case .to(1) = machine.reply(isError: true) else {
            Issue.record("the error went astray")
            return
        }
        for isError in errors {
            let delivery = machine.reply(isError: isError)
            switch delivery {
            case .to(2): #expect(!isError)
            case .dropped: #expect(isError)
            case .to, .unexpected: Issue.record("the reply went astray: \(delivery)")
            }
        }
        #expect(machine.commandCount == 1)
        guard case .to(3) = machine.reply(isError: true) else {
            Issue.record("the last reply went astray")
            return
        }
        #expect(machine.isEmpty && machine.commandCount == 0)
    }

    @Test func `a pipeline enters whole or not at all, and gets all its replies`() {
        var machine = machine(sent: [1])
        #expect(machine.submit(2, commands: 4, bytes: 1, deadline: 9) == .overloaded)
        #expect(machine.submit(2, commands: 2, bytes: 1, deadline: 9) == nil)
        #expect(machine.submit(3, bytes: 1, deadline: 9) == nil)
        #expect(machine.submit(4, bytes: 1, deadline: 9) == .overloaded)
        machine.markSent()
        for ticket in [1, 2, 2] {
            guard case .to(ticket) = machine.reply() else {
                Issue.record("a reply for \(ticket) went astray")
                continue
            }
        }
        #expect(machine.expectsReply)
        #expect(machine.submit(5, commands: 3, bytes: 1, deadline: 9) == nil)
        #expect(machine.end(.shutDown, now: 0).map(\.ticket) == [3, 5])
    }

    @Test func `a command over either limit is refused and changes nothing`() {
        var full = machine(sent: [1, 2], unsent: [3, 4])
        #expect(full.submit(5, bytes: 0, deadline: 5) == .overloaded)
        #expect(full.end(.shutDown, now: 0).map(\.ticket) == [1, 2, 3, 4])
        var heavy = machine(unsent: [1])
        #expect(heavy.submit(2, bytes: 91, deadline: 2) == .overloaded)
        #expect(heavy.submit(2, bytes: .max, deadline: 2) == .overloaded)
        #expect(heavy.submit(2, bytes: 90, deadline: 2) == nil)
        heavy.markSent()
        #expect(heavy.submit(3, bytes: 100, deadline: 3) == nil)
    }

    @Test func `the clock looks at the oldest command only`() {
        #expect(machine().checkTimeout(now: 99) == .idle)
        #expect(machine(sent: [5, 9]).checkTimeout(now: 4) == .checkAgain(at: 5))
        #expect(machine(sent: [5, 9]).checkTimeout(now: 5) == .giveUp)
        #expect(machine(unsent: [5]).checkTimeout(now: 4) == .checkAgain(at: 5))
        #expect(machine(unsent: [5]).checkTimeout(now: 6) == .giveUp)
    }

    static let ends: [(DisconnectReason, [RedisError])] = [
        (
            .silence,
            [
                .timedOut(sent: true), .connectionLost(reason: DisconnectReason.silence.reason),
                .timedOut(sent: false),
                .notConnected(reason: DisconnectReason.silence.reason),
            ]
        ),
        (
            .lost("gone"),
            [
                .connectionLost(reason: "gone"), .connectionLost(reason: "gone"),
                .notConnected(reason: "gone"),
                .notConnected(reason: "gone"),
            ]
        ),
        (
            .violation("what?"),
            [
                .protocolViolation("what?"), .protocolViolation("what?"),
                .notConnected(reason: "protocol violation: what?"),
                .notConnected(reason: "protocol violation: what?"),
            ]
        ),
        (
            .shutDown,
            [
                .connectionLost(reason: DisconnectReason.shutDown.reason),
                .connectionLost(reason: DisconnectReason.shutDown.reason), .shutDown,
                .shutDown,
            ]
        ),
    ]

    @Test(arguments: ends)
    func `at the end each learns what is true of its own command, once`(
        end: DisconnectReason,
        errors: [RedisError]
    ) {
        var machine = machine()
        // Sent and late, sent and not late, unsent and late, unsent and not late.
        _ = machine.submit(1, bytes: 1, deadline: 5)
        _ = machine.submit(2, bytes: 1, deadline: 7)
        machine.markSent()
        _ = machine.submit(3, bytes: 1, deadline: 6)
        _ = machine.submit(4, bytes: 1, deadline: 8)
        let failures = machine.end(end, now: 6)
        #expect(failures.map(\.ticket) == [1, 2, 3, 4])
        #expect(failures.map(\.error) == errors)
        #expect(failures.map(\.error.mayHaveBeenExecuted) == [true, true, false, false])
        #expect(machine.end(.lost("again"), now: 7).isEmpty)
    }

    @Test(arguments: ends.map(\.0))
    func `after the end nothing enters, nothing is due and no reply is anybody's`(end: DisconnectReason) {
        var machine = machine(sent: [1], unsent: [2])
        _ = machine.end(end, now: 0)
        #expect(machine.state == .over(end))
        #expect(machine.submit(3, bytes: 1, deadline: 9) == end.refusal)
        #expect(machine.checkTimeout(now: 99) == .idle)
        #expect(!machine.hasUnsent && !machine.expectsReply && machine.isEmpty)
        guard case .unexpected = machine.reply() else {
            Issue.record("a reply after the end")
            return
        }
        #expect(!end.refusal.mayHaveBeenExecuted)
        _ = machine.end(.lost("again"), now: 0)
        #expect(machine.state == .over(end))
    }
}
