import Testing

@testable import Cart

/// A cart remembers a limited number of operations, and refuses those that it only half remembers.
@Suite struct OperationCapacityTests {
    /// A cart that has taken these operations, each a line more.
    static func after(_ keys: ClosedRange<UInt64>, limits: CartLimits = CartLimits()) throws -> Subject {
        var subject = try Subject.open(limits: limits)
        for key in keys { try subject.takes(.addLine(item("sku-\(key)")), as: operation(key)) }
        return subject
    }

    @Test func `of 300 operations the last 256 are answered again and the first 44 refused`() throws {
        var subject = try Self.after(1...300)
        let log = try #require(subject.state.operations)
        #expect(log.kept.count == 256 && log.retired.count == 44)
        for key in 1...300 as ClosedRange<UInt64> {
            let change = CartCommand.Change.addLine(try item("sku-\(key)"))
            if key <= 44 {
                #expect(subject.refusal(change, as: operation(key)) == .operationRetired)
            } else {
                let again = try subject.takes(change, as: operation(key))
                #expect(again.effect == .lineAdded(LineID(UInt32(key))) && again.replayed == key + 1)
            }
        }
        #expect(subject.version == 301 && subject.lines.count == 300)
    }

    @Test func `a log never outgrows its capacity`() throws {
        var limits = CartLimits()
        limits.operations = 4
        limits.retiredOperations = 3
        var subject = try Self.after(1...10, limits: limits)
        let log = try #require(subject.state.operations)
        #expect(log.kept.map(\.operation) == (7...10).map { operation($0) })
        #expect(log.retired == [4, 5, 6])
        for key in 4...6 as ClosedRange<UInt64> {
            #expect(subject.refusal(.clear, as: operation(key)) == .operationRetired)
        }
        // Too old to be known at all: this is where the promise ends.
        #expect(try subject.takes(.clear, as: operation(3)).effect == .cleared)
    }

    @Test func `smaller limits let an older, larger log shrink, and none is no log`() throws {
        var subject = try Self.after(1...10)
        var limits = CartLimits()
        limits.operations = 2
        limits.retiredOperations = 5
        subject.decider = CartDecider(limits: limits)
        try subject.takes(.clear, as: operation(11))
        #expect(subject.state.operations?.kept.map(\.operation.hash) == [10, 11])
        #expect(subject.state.operations?.retired == [5, 6, 7, 8, 9])
        limits.operations = 0
        limits.retiredOperations = -1
        subject.decider = CartDecider(limits: limits)
        try subject.takes(.clear, as: operation(12))
        #expect(subject.state.operations == nil)
    }

    @Test func `a new key whose hash is a retired one's is refused, and nothing is applied`() throws {
        var limits = CartLimits()
        limits.operations = 1
        let subject = try Self.after(1...2, limits: limits)
        let alike = CartOperation(key: UInt128(1) << 64 | 77, request: 1)
        #expect(subject.refusal(.clear, as: alike) == .operationRetired)
        // A kept one is told apart by all its bits.
        let other = CartOperation(key: UInt128(2) << 64 | 77, request: 1)
        #expect(subject.refusal(.clear, as: other) == nil)
    }

    @Test func `the same events make the same log, whatever the limits of who applies them`() throws {
        var limits = CartLimits()
        limits.operations = 3
        limits.retiredOperations = 2
        let subject = Subject(decider: CartDecider(limits: limits))
        var (state, elsewhere) = (subject.state, subject.state)
        let changes: [CartCommand.Change] = [.create(currency: nil)] + Array(repeating: .clear, count: 9)
        for (key, change) in changes.enumerated() {
            let command = CartCommand.change(change, at: t1, operation: operation(UInt64(key)))
            guard case .accept(let events, _) = subject.decider.decide(command, on: state, version: 1) else {
                Issue.record("refused")
                return
            }
            for event in events {
                subject.decider.evolve(&state, with: event)
                decider.evolve(&elsewhere, with: event)
            }
        }
        #expect(state == elsewhere && state.operations?.kept.count == 3)
    }
}
