import CartWorkload
import Testing

/// Histories that break an invariant: the checker reports a violation of exactly that one.
@Suite struct BrokenHistoryTests {
    @Test func `I1: a version has two contents`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        builder.read(by: 2, 2, [(1, line, 2)])
        #expect(builder.broken == [.versions])
    }

    @Test func `I1: a version without a change`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        builder.read(by: 2, 3, [(1, line, 1)])
        #expect(builder.broken == [.versions])
    }

    @Test func `I1: more versions than changes`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let next = builder.operation(2, add)
        builder.tell(next, .shown(4, [(1, line, 1), (2, next.id, 1)]))
        #expect(builder.broken == [.versions])
        var excused = HistoryBuilder()
        let first = excused.openWithLine()
        let unknown = excused.operation(3, add)
        excused.tell(unknown, .noAnswer)
        let second = excused.operation(2, add)
        excused.tell(second, .shown(4, [(1, first, 1), (2, unknown.id, 1), (3, second.id, 1)]))
        #expect(excused.checkResult.holds, "\(excused.checkResult)")
    }

    @Test func `I1: an article that no operation added, or a foreign one`() {
        var builder = HistoryBuilder()
        builder.open()
        builder.read(by: 2, 2, [(1, OperationID(client: 9, number: 9), 1)])
        #expect(builder.broken.contains(.versions))
        var foreign = HistoryBuilder()
        foreign.open()
        let observation = CartObservation(
            version: 2,
            lines: [.init(id: 1, article: Article(sku: "tea-100"), quantity: 1)]
        )
        foreign.tell(foreign.operation(2, { _ in .read }), AttemptResult(.done(observation)))
        #expect(foreign.broken.contains(.versions))
    }

    @Test func `I1: a cart that no operation created`() {
        var builder = HistoryBuilder()
        builder.read(by: 1, 1, [])
        #expect(builder.broken == [.versions])
    }

    @Test func `I2: an epoch goes back, or has two sessions`() {
        var checker = Checker()
        checker.facts = [
            OwnershipFact(cart: 0, epoch: 5, session: "a", sequence: 1),
            OwnershipFact(cart: 0, epoch: 5, session: nil, sequence: 2),
            OwnershipFact(cart: 1, epoch: 1, session: "b", sequence: 1),
            OwnershipFact(cart: 0, epoch: 7, session: "b", sequence: 2),
        ]
        #expect(checker.check(History(carts: 2)).holds)
        var back = checker
        back.facts.append(OwnershipFact(cart: 0, epoch: 6, session: "a", sequence: 3))
        #expect(Set(back.check(History(carts: 2)).counts.keys) == [.epochs])
        var shared = checker
        shared.facts.append(OwnershipFact(cart: 0, epoch: 7, session: "c", sequence: 3))
        #expect(Set(shared.check(History(carts: 2)).counts.keys) == [.epochs])
        // Redis lost what it had: from then on the cart begins anew, and goes forward again.
        for index in back.facts.indices.suffix(1) { back.facts[index].era = 1 }
        #expect(back.check(History(carts: 2)).holds)
        var lower = OwnershipFact(cart: 0, epoch: 5, session: "a", sequence: 3)
        lower.era = 1
        back.facts.append(lower)
        #expect(Set(back.check(History(carts: 2)).counts.keys) == [.epochs])
    }

    @Test func `I3: an acknowledged addition is lost at once`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        builder.tell(builder.operation(2, add), .shown(3, [(1, line, 1)]))
        #expect(builder.broken == [.kept])
    }

    @Test func `I3: an acknowledged addition is lost later`() {
        var builder = HistoryBuilder()
        let first = builder.openWithLine()
        let second = builder.operation(2, add)
        builder.tell(second, .shown(3, [(1, first, 1), (2, second.id, 1)]))
        let third = builder.operation(1, add)
        builder.tell(third, .shown(4, [(1, first, 1), (3, third.id, 1)]))
        #expect(builder.broken == [.kept])
    }

    @Test func `I3: an acknowledged addition is applied twice`() {
        var twoLines = HistoryBuilder()
        let first = twoLines.openWithLine()
        let second = twoLines.operation(2, add)
        twoLines.tell(second, .shown(3, [(1, first, 1), (2, second.id, 1), (3, second.id, 1)]))
        #expect(twoLines.broken == [.kept])
        var doubled = HistoryBuilder()
        doubled.open()
        let only = doubled.operation(2, add)
        doubled.tell(only, .shown(2, [(1, only.id, 2)]))
        #expect(doubled.broken == [.kept])
        var grown = HistoryBuilder()
        let line = grown.openWithLine()
        grown.read(by: 2, 3, [(1, line, 2)])
        #expect(grown.broken.contains(.kept))
    }

    @Test func `I3: a removed line comes back`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        builder.tell(builder.operation(1, { _ in .remove(line: 1) }), .shown(3, []))
        let next = builder.operation(1, add)
        builder.tell(next, .shown(4, [(1, line, 1), (2, next.id, 1)]))
        #expect(builder.broken == [.kept])
    }

    @Test func `I3: an acknowledged removal has no effect`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        builder.tell(builder.operation(1, { _ in .remove(line: 1) }), .shown(3, [(1, line, 1)]))
        #expect(builder.broken == [.kept])
    }

    @Test func `I3: a quantity is lost, or set again`() {
        var lost = HistoryBuilder()
        let line = lost.openWithLine()
        lost.tell(lost.operation(1, { _ in .setQuantity(line: 1, 10) }), .shown(3, [(1, line, 1)]))
        #expect(lost.broken == [.kept])
        var again = HistoryBuilder()
        let other = again.openWithLine()
        again.tell(again.operation(1, { _ in .setQuantity(line: 1, 10) }), .shown(3, [(1, other, 10)]))
        again.tell(again.operation(1, { _ in .setQuantity(line: 1, 11) }), .shown(4, [(1, other, 11)]))
        again.read(by: 1, 5, [(1, other, 10)])
        #expect(again.broken.contains(.kept))
    }

    @Test func `I3: two clients removed the same line`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        let sentAttempts = (2...3).map { builder.send(builder.operation($0, { _ in .remove(line: 1) })) }
        for sentAttempt in sentAttempts { builder.answer(sentAttempt, .shown(3, [])) }
        #expect(builder.broken == [.kept])
    }

    @Test func `I3: an existing cart is missing`() {
        var builder = HistoryBuilder()
        builder.open()
        builder.tell(builder.operation(2, { _ in .read }), AttemptResult(.rejected(.cartMissing)))
        #expect(builder.broken == [.kept])
    }

    @Test func `I3: a line is missing that no operation removed`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        builder.tell(builder.operation(2, { _ in .remove(line: 1) }), AttemptResult(.rejected(.lineMissing)))
        #expect(builder.broken == [.kept])
    }

    @Test
    func `I3: a version below the last received one is stored; I1: a version above all changes is stored`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        var checker = Checker()
        checker.stored = [0: 2]
        #expect(checker.check(builder.history).holds)
        checker.stored = [0: 1]
        #expect(Set(checker.check(builder.history).counts.keys) == [.kept])
        checker.stored = [0: 3]
        #expect(Set(checker.check(builder.history).counts.keys) == [.versions])
        builder.tell(builder.operation(2, add), .noAnswer)
        #expect(checker.check(builder.history).holds)
    }

    @Test(arguments: [AttemptResult.denied, AttemptResult(.rejected(.full))])
    func `I4: a denied addition appears`(denial: AttemptResult) {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let denied = builder.operation(2, add)
        builder.tell(denied, denial)
        builder.read(by: 1, 3, [(1, line, 1), (2, denied.id, 1)])
        #expect(builder.broken.contains(.denied))
    }

    @Test func `I4: a denied removal has effect`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        builder.tell(builder.operation(2, { _ in .remove(line: 1) }), .denied)
        builder.read(by: 1, 3, [])
        #expect(builder.broken.contains(.denied))
    }

    @Test func `I5: a change of unknown outcome has effect twice`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let unknown = builder.operation(2, add)
        builder.tell(unknown, .noAnswer)
        builder.read(by: 1, 3, [(1, line, 1), (2, unknown.id, 1)])
        builder.tell(builder.operation(1, { _ in .remove(line: 2) }), .shown(4, [(1, line, 1)]))
        builder.read(by: 1, 5, [(1, line, 1), (3, unknown.id, 1)])
        #expect(builder.broken.contains(.unknown))
    }

    @Test func `I6: a read does not see what was answered before it was sent`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let next = builder.operation(1, add)
        builder.tell(next, .shown(3, [(1, line, 1), (2, next.id, 1)]))
        builder.read(by: 2, 2, [(1, line, 1)])
        #expect(builder.broken == [.order])
    }

    @Test func `I6: a change has effect before it was sent`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        builder.history.note("nothing", at: .zero)
        let first = builder.operation(1, { _ in .remove(line: 1) })
        builder.tell(first, .shown(3, []))
        let late = builder.operation(2, add)
        builder.tell(late, .shown(3, []))
        #expect(builder.broken.isSuperset(of: [.order]))
    }

    @Test func `I6: a line is seen after it was found missing`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let remove = builder.send(builder.operation(1, { _ in .remove(line: 1) }))
        builder.tell(builder.operation(2, { _ in .remove(line: 1) }), AttemptResult(.rejected(.lineMissing)))
        builder.read(by: 3, 2, [(1, line, 1)])
        builder.answer(remove, .shown(3, []))
        #expect(builder.broken == [.order])
    }

    @Test func `I7: a client reads a version older than its own change`() {
        var builder = HistoryBuilder()
        builder.open()
        let mine = builder.operation(1, add)
        builder.tell(mine, .shown(2, [(1, mine.id, 1)]))
        builder.read(by: 1, 1, [])
        #expect(builder.broken == [.session])
    }

    @Test func `I8: an old owner answers after the new one's commit`() {
        var builder = HistoryBuilder()
        builder.open()
        let change = builder.operation(1, add)
        builder.tell(change, .shown(2, [(1, change.id, 1)], owner: "node-2"))
        builder.read(by: 2, 1, [], owner: "node-1")
        #expect(builder.broken == [.owner])
    }

    @Test func `I9: a change fails after the bound`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        builder.tell(builder.operation(2, add), .denied)
        let attempts = builder.history.attempts
        #expect(Recovery.violations(attempts, end: .milliseconds(1), bound: .milliseconds(4)).count == 1)
        #expect(Recovery.violations(attempts, end: .milliseconds(1), bound: .milliseconds(5)).isEmpty)
    }

    @Test func `I10: a retry has another version`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let keyed = builder.operation(2, add, key: "k")
        builder.tell(keyed, .shown(3, [(1, line, 1), (2, keyed.id, 1)]))
        builder.tell(keyed, .shown(3, [(1, line, 1), (2, keyed.id, 1)], replayOf: 2))
        #expect(builder.broken == [.key])
    }

    @Test func `I10: a retry is applied again`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let keyed = builder.operation(2, add, key: "k")
        builder.tell(keyed, .shown(3, [(1, line, 1), (2, keyed.id, 1)]))
        builder.tell(keyed, .shown(4, [(1, line, 1), (2, keyed.id, 2)]))
        #expect(builder.broken.isSuperset(of: [.key]))
    }

    @Test func `I10: a retry finds the line missing that the first attempt removed`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        let keyed = builder.operation(2, { _ in .remove(line: 1) }, key: "k")
        builder.tell(keyed, .noAnswer)
        builder.tell(keyed, AttemptResult(.rejected(.lineMissing)))
        builder.read(by: 1, 3, [])
        #expect(builder.broken == [.key])
    }

    @Test func `I10: a replay of a change that never had effect`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let keyed = builder.operation(2, add, key: "k")
        builder.tell(keyed, .noAnswer)
        builder.tell(keyed, .shown(2, [(1, line, 1)], replayOf: 3))
        #expect(!builder.checkResult.holds)
    }

    @Test func `a reply that breaks the protocol, and a refusal without a reason`() {
        var builder = HistoryBuilder()
        builder.open()
        var flawed = AttemptResult.denied
        flawed.flaw = "503 without outcome"
        builder.tell(builder.operation(1, add), flawed)
        builder.tell(builder.operation(1, add), AttemptResult(.rejected(.other("422 invalid-field"))))
        #expect(builder.checkResult.counts == [.reply: 2])
    }

    @Test func `after a loss window changes are kept again`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        builder.history.beginLossWindow()
        builder.history.endLossWindow()
        let next = builder.operation(1, add)
        builder.tell(next, .shown(3, [(1, line, 1), (2, next.id, 1)]))
        builder.read(by: 1, 4, [(1, line, 1)])
        #expect(builder.broken.contains(.kept))
    }

    @Test func `a denied change must not appear even after a loss window`() {
        var builder = HistoryBuilder()
        builder.open()
        let denied = builder.operation(2, add)
        builder.tell(denied, .denied)
        builder.history.beginLossWindow()
        builder.history.endLossWindow()
        builder.read(by: 1, 2, [(1, denied.id, 1)])
        #expect(builder.broken == [.denied])
    }

    @Test func `all violations are counted, and a limited number is kept`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let next = builder.operation(1, add)
        builder.tell(next, .shown(3, [(1, line, 1), (2, next.id, 1)]))
        for _ in 0..<200 { builder.read(by: 2, 2, [(1, line, 1)]) }
        var checker = Checker()
        checker.limit = 5
        let checkResult = checker.check(builder.history)
        #expect(checkResult.violations.count == 5)
        #expect(checkResult.counts == [.order: 200])
        #expect(checkResult.description.contains("and 195 more"))
    }
}
