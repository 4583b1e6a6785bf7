import Testing

@testable import Cart

/// The same operation twice is the same operation once.
@Suite struct OperationTests {
    /// A cart that has line 1 (apple, 5) and line 2 (pear, 1), at version 3.
    static func stocked() throws -> Subject {
        var subject = try Subject.open()
        try subject.does(.addLine(item("apple", 5)))
        try subject.does(.addLine(item("pear")))
        return subject
    }

    /// Every change that an open cart accepts, with what it comes to.
    static func changes() throws -> [(CartCommand.Change, CartOutcome.Effect)] {
        [
            (.create(currency: nil), .existed),
            (.addLine(try item("plum")), .lineAdded(LineID(3))),
            (.addLine(try item("apple")), .lineIncreased(LineID(1))),
            (.setQuantity(LineID(1), 2), .quantityChanged(LineID(1))),
            (.setQuantity(LineID(1), 5), .unchanged),
            (.setQuantity(LineID(1), 0), .lineRemoved(LineID(1))),
            (.removeLine(LineID(2)), .lineRemoved(LineID(2))),
            (.clear, .cleared),
            (.delete, .deleted),
        ]
    }

    @Test func `a new operation does what the change does without it`() throws {
        for (change, effect) in try Self.changes() {
            var (keyed, plain) = (try Self.stocked(), try Self.stocked())
            let outcome = try keyed.takes(change, as: operation(1))
            #expect(outcome.effect == effect && outcome.replayed == nil, "\(change)")
            #expect(try plain.does(change) == effect)
            #expect(keyed.state.cart?.lines == plain.state.cart?.lines, "\(change)")
            #expect(keyed.state.cart?.updatedAt == plain.state.cart?.updatedAt, "\(change)")
            #expect(keyed.version == 4, "\(change)")
        }
    }

    @Test func `a repeated operation does nothing and has its first effect and version`() throws {
        for (change, effect) in try Self.changes() {
            var subject = try Self.stocked()
            try subject.takes(change, as: operation(1), at: t1)
            let after = subject
            for _ in 0..<3 {
                let again = try subject.takes(change, as: operation(1), at: t2)
                #expect(again == CartOutcome(effect: effect, replayed: 4), "\(change)")
                #expect(subject.state == after.state && subject.version == after.version, "\(change)")
            }
        }
    }

    @Test func `later changes by others do not let an operation act again`() throws {
        for (change, effect) in try Self.changes() where change != .delete {
            var subject = try Self.stocked()
            try subject.takes(change, as: operation(1))
            try subject.does(.addLine(item("apple", 3)))
            try subject.does(.clear)
            try subject.does(.addLine(item("fig")))
            let before = subject
            let again = try subject.takes(change, as: operation(1))
            #expect(again.effect == effect && again.replayed == 4, "\(change)")
            #expect(subject.state == before.state && subject.version == before.version, "\(change)")
        }
    }

    @Test func `an operation that did nothing is remembered, so that its retry does nothing either`() throws {
        var subject = try Self.stocked()
        #expect(try subject.takes(.setQuantity(LineID(1), 5), as: operation(1)).effect == .unchanged)
        #expect(subject.version == 4)
        try subject.does(.setQuantity(LineID(1), 9))
        #expect(try subject.takes(.setQuantity(LineID(1), 5), as: operation(1)).effect == .unchanged)
        #expect(subject.lines.map(\.quantity) == [9, 1] && subject.version == 5)
    }

    @Test func `a key that stands for another request is refused`() throws {
        var subject = try Self.stocked()
        try subject.takes(.clear, as: operation(1, asking: 1))
        let other = operation(1, asking: 2)
        for change in try Self.changes().map(\.0) {
            #expect(subject.refusal(change, as: other) == .operationReused, "\(change)")
        }
        // Whatever else could be said against it.
        #expect(subject.refusal(.setQuantity(LineID(9), -1), as: other, expected: 99) == .operationReused)
        #expect(subject.refusal(.clear, as: operation(2, asking: 1)) == nil)
    }

    @Test func `a repeated operation is not checked against its version`() throws {
        var subject = try Self.stocked()
        try subject.takes(.setQuantity(LineID(1), 2), as: operation(1), expected: 3)
        #expect(subject.refusal(.setQuantity(LineID(1), 2), expected: 3) != nil)
        let again = try subject.takes(.setQuantity(LineID(1), 2), as: operation(1), expected: 3)
        #expect(again.effect == .quantityChanged(LineID(1)) && again.replayed == 4)
    }

    @Test func `a refused operation is forgotten and may be accepted later`() throws {
        var subject = Subject()
        #expect(subject.refusal(.clear, as: operation(1)) == .cartNotFound)
        try subject.does(.create(currency: nil))
        #expect(subject.refusal(.removeLine(LineID(1)), as: operation(2)) == .lineNotFound(LineID(1)))
        #expect(
            subject.refusal(.clear, as: operation(3), expected: 9)
                == .versionMismatch(expected: 9, actual: 1)
        )
        #expect(subject.state.operations == nil)
        #expect(try subject.takes(.clear, as: operation(1)).effect == .unchanged)
    }

    @Test func `a repeated creation creates nothing`() throws {
        var subject = Subject()
        let create = CartCommand.change(.create(currency: nil), at: t0, operation: operation(1))
        #expect(create.mayCreate && !create.isRead && create.operation == operation(1))
        #expect(try subject.takes(.create(currency: nil), as: operation(1)).effect == .created)
        #expect(subject.version == 1)
        let again = try subject.takes(.create(currency: nil), as: operation(1))
        #expect(again.effect == .created && again.replayed == 1)
    }

    @Test func `operations survive a deletion and a creation anew`() throws {
        var subject = Subject()
        try subject.takes(.create(currency: nil), as: operation(1))
        try subject.takes(.addLine(item()), as: operation(2))
        try subject.takes(.delete, as: operation(3))
        func check() throws {
            let before = subject
            for (key, change, effect) in [
                (1, .create(currency: nil), .created), (2, .addLine(try item()), .lineAdded(LineID(1))),
                (3, .delete, .deleted),
            ] as [(UInt64, CartCommand.Change, CartOutcome.Effect)] {
                let again = try subject.takes(change, as: operation(key))
                #expect(again.effect == effect && again.replayed == key)
            }
            #expect(subject.state == before.state && subject.version == before.version)
        }
        try check()
        #expect(try subject.takes(.delete, as: operation(4)).effect == .unchanged)
        #expect(subject.version == 4)
        try check()
        try subject.takes(.create(currency: nil), as: operation(5))
        try check()
        #expect(subject.lines.isEmpty)
    }

    @Test func `operations of one commit have its version, also those behind another change`() throws {
        var state = CartState.none
        state.apply(.created(currency: nil, at: t0))
        for (key, version) in [(1, 1), (2, 2), (3, 2)] as [(UInt64, UInt64)] {
            let command = CartCommand.change(.addLine(try item()), at: t1, operation: operation(key))
            guard case .accept(let events, _) = decider.decide(command, on: state, version: version, next: 2)
            else {
                Issue.record("refused")
                return
            }
            for event in events { state.apply(event) }
        }
        #expect(state.operations?.kept.map(\.version) == [2, 2, 2])
    }

    @Test func `a read shows a cart that has operations like any other`() throws {
        var subject = try Self.stocked()
        try subject.takes(.clear, as: operation(1))
        let shown = CartOutcome(effect: .read)
        #expect(decider.decide(.read, on: subject.state, version: 4) == .accept([], shown))
    }
}
