import CounterActor
import Testing

@testable import ActorRuntime

@Suite struct MailboxTests {
    private func ask(_ number: UInt64) -> Ask<CounterLogic> {
        let content = ActorCommand<CounterLogic>(
            id: ActorID("c"),
            command: .increment(by: 1),
            deadline: .now,
            trace: nil
        )
        let ask = Ask(content, reply: .local(AskReceiver { _, _ in }, token: 0))
        ask.number = number
        return ask
    }

    private func mailbox(_ numbers: UInt64...) -> Mailbox<CounterLogic> {
        var mailbox = Mailbox<CounterLogic>()
        for number in numbers { mailbox.append(ask(number)) }
        return mailbox
    }

    @Test func `it gives commands in the order in which they came`() {
        var mailbox = mailbox(1, 2, 3)
        #expect(mailbox.count == 3)
        #expect(mailbox.first?.number == 1)
        #expect(mailbox.last?.number == 3)
        #expect(mailbox.map(\.number) == [1, 2, 3])
        #expect((0..<4).map { _ in mailbox.popFirst()?.number } == [1, 2, 3, nil])
        #expect(mailbox.isEmpty)
        #expect(mailbox.count == 0)
        #expect(mailbox.last == nil)
    }

    @Test func `one that is put back is the next`() {
        var mailbox = mailbox()
        mailbox.prepend(ask(3))
        #expect(mailbox.last?.number == 3)
        mailbox.prepend(ask(2))
        mailbox.append(ask(4))
        #expect(mailbox.map(\.number) == [2, 3, 4])
    }

    @Test(arguments: [[1, 2, 3], [1], [2], [3], [], [1, 3]] as [[UInt64]])
    func `some are taken out, and the others stay in order`(_ gone: [UInt64]) {
        var mailbox = mailbox(1, 2, 3)
        #expect(mailbox.removeAll { gone.contains($0.number) }.map(\.number) == gone)
        #expect(mailbox.map(\.number) == [1, 2, 3].filter { !gone.contains($0) })
        #expect(mailbox.isEmpty == (gone.count == 3))
    }
}
