import CartWorkload
import Testing

/// Histories that can not be: each is held against the cluster, under the right name.
@Suite struct BrokenHistoryTests {
    @Test func `I1: a version is shown with two contents`() {
        var story = Story()
        let line = story.openWithLine()
        story.look(2, 2, [(1, line, 2)])
        #expect(story.broken == [.versions])
    }

    @Test func `I1: a version without a change`() {
        var story = Story()
        let line = story.openWithLine()
        story.look(2, 3, [(1, line, 1)])
        #expect(story.broken == [.versions])
    }

    @Test func `I1: more versions than changes`() {
        var story = Story()
        let line = story.openWithLine()
        let next = story.errand(2, add)
        story.tell(next, .shown(4, [(1, line, 1), (2, next.id, 1)]))
        #expect(story.broken == [.versions])
        var excused = Story()
        let first = excused.openWithLine()
        let unknown = excused.errand(3, add)
        excused.tell(unknown, .noAnswer)
        let second = excused.errand(2, add)
        excused.tell(second, .shown(4, [(1, first, 1), (2, unknown.id, 1), (3, second.id, 1)]))
        #expect(excused.verdict.holds, "\(excused.verdict)")
    }

    @Test func `I1: an article that nobody added, or that is not ours at all`() {
        var story = Story()
        story.open()
        story.look(2, 2, [(1, ErrandID(client: 9, number: 9), 1)])
        #expect(story.broken.contains(.versions))
        var foreign = Story()
        foreign.open()
        let showing = Showing(
            version: 2,
            lines: [.init(id: 1, article: Article(sku: "tea-100"), quantity: 1)]
        )
        foreign.tell(foreign.errand(2, { _ in .look }), Reply(.done(showing)))
        #expect(foreign.broken.contains(.versions))
    }

    @Test func `I1: a cart that nobody created`() {
        var story = Story()
        story.look(1, 1, [])
        #expect(story.broken == [.versions])
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
    }

    @Test func `I3: an acknowledged addition is lost at once`() {
        var story = Story()
        let line = story.openWithLine()
        story.tell(story.errand(2, add), .shown(3, [(1, line, 1)]))
        #expect(story.broken == [.kept])
    }

    @Test func `I3: an acknowledged addition is lost later`() {
        var story = Story()
        let first = story.openWithLine()
        let second = story.errand(2, add)
        story.tell(second, .shown(3, [(1, first, 1), (2, second.id, 1)]))
        let third = story.errand(1, add)
        story.tell(third, .shown(4, [(1, first, 1), (3, third.id, 1)]))
        #expect(story.broken == [.kept])
    }

    @Test func `I3: an acknowledged addition is done twice`() {
        var twoLines = Story()
        let first = twoLines.openWithLine()
        let second = twoLines.errand(2, add)
        twoLines.tell(second, .shown(3, [(1, first, 1), (2, second.id, 1), (3, second.id, 1)]))
        #expect(twoLines.broken == [.kept])
        var doubled = Story()
        doubled.open()
        let only = doubled.errand(2, add)
        doubled.tell(only, .shown(2, [(1, only.id, 2)]))
        #expect(doubled.broken == [.kept])
        var grown = Story()
        let line = grown.openWithLine()
        grown.look(2, 3, [(1, line, 2)])
        #expect(grown.broken.contains(.kept))
    }

    @Test func `I3: a removed line comes back`() {
        var story = Story()
        let line = story.openWithLine()
        story.tell(story.errand(1, { _ in .remove(line: 1) }), .shown(3, []))
        let next = story.errand(1, add)
        story.tell(next, .shown(4, [(1, line, 1), (2, next.id, 1)]))
        #expect(story.broken == [.kept])
    }

    @Test func `I3: an acknowledged removal has no effect`() {
        var story = Story()
        let line = story.openWithLine()
        story.tell(story.errand(1, { _ in .remove(line: 1) }), .shown(3, [(1, line, 1)]))
        #expect(story.broken == [.kept])
    }

    @Test func `I3: a quantity is lost, or set once more`() {
        var lost = Story()
        let line = lost.openWithLine()
        lost.tell(lost.errand(1, { _ in .setQuantity(line: 1, 10) }), .shown(3, [(1, line, 1)]))
        #expect(lost.broken == [.kept])
        var again = Story()
        let other = again.openWithLine()
        again.tell(again.errand(1, { _ in .setQuantity(line: 1, 10) }), .shown(3, [(1, other, 10)]))
        again.tell(again.errand(1, { _ in .setQuantity(line: 1, 11) }), .shown(4, [(1, other, 11)]))
        again.look(1, 5, [(1, other, 10)])
        #expect(again.broken.contains(.kept))
    }

    @Test func `I3: two clients took the same line out`() {
        var story = Story()
        _ = story.openWithLine()
        let tickets = (2...3).map { story.send(story.errand($0, { _ in .remove(line: 1) })) }
        for ticket in tickets { story.answer(ticket, .shown(3, [])) }
        #expect(story.broken == [.kept])
    }

    @Test func `I3: a cart that was there is missing`() {
        var story = Story()
        story.open()
        story.tell(story.errand(2, { _ in .look }), Reply(.rejected(.cartMissing)))
        #expect(story.broken == [.kept])
    }

    @Test func `I3: a line is missing that nobody took out`() {
        var story = Story()
        _ = story.openWithLine()
        story.tell(story.errand(2, { _ in .remove(line: 1) }), Reply(.rejected(.lineMissing)))
        #expect(story.broken == [.kept])
    }

    @Test func `I3: less is stored than was shown; I1: more is stored than was changed`() {
        var story = Story()
        _ = story.openWithLine()
        var checker = Checker()
        checker.stored = [0: 2]
        #expect(checker.check(story.history).holds)
        checker.stored = [0: 1]
        #expect(Set(checker.check(story.history).counts.keys) == [.kept])
        checker.stored = [0: 3]
        #expect(Set(checker.check(story.history).counts.keys) == [.versions])
        story.tell(story.errand(2, add), .noAnswer)
        #expect(checker.check(story.history).holds)
    }

    @Test(arguments: [Reply.denied, Reply(.rejected(.full))])
    func `I4: a denied addition appears`(denial: Reply) {
        var story = Story()
        let line = story.openWithLine()
        let denied = story.errand(2, add)
        story.tell(denied, denial)
        story.look(1, 3, [(1, line, 1), (2, denied.id, 1)])
        #expect(story.broken.contains(.denied))
    }

    @Test func `I4: a denied removal has effect`() {
        var story = Story()
        _ = story.openWithLine()
        story.tell(story.errand(2, { _ in .remove(line: 1) }), .denied)
        story.look(1, 3, [])
        #expect(story.broken.contains(.denied))
    }

    @Test func `I5: a change of unknown outcome has effect twice`() {
        var story = Story()
        let line = story.openWithLine()
        let unknown = story.errand(2, add)
        story.tell(unknown, .noAnswer)
        story.look(1, 3, [(1, line, 1), (2, unknown.id, 1)])
        story.tell(story.errand(1, { _ in .remove(line: 2) }), .shown(4, [(1, line, 1)]))
        story.look(1, 5, [(1, line, 1), (3, unknown.id, 1)])
        #expect(story.broken.contains(.unknown))
    }

    @Test func `I6: a look does not see what was answered before it was sent`() {
        var story = Story()
        let line = story.openWithLine()
        let next = story.errand(1, add)
        story.tell(next, .shown(3, [(1, line, 1), (2, next.id, 1)]))
        story.look(2, 2, [(1, line, 1)])
        #expect(story.broken == [.order])
    }

    @Test func `I6: a change has effect before it was sent`() {
        var story = Story()
        _ = story.openWithLine()
        story.history.note("nothing", at: .zero)
        let first = story.errand(1, { _ in .remove(line: 1) })
        story.tell(first, .shown(3, []))
        let late = story.errand(2, add)
        story.tell(late, .shown(3, []))
        #expect(story.broken.isSuperset(of: [.order]))
    }

    @Test func `I6: after a line was found missing nobody sees it`() {
        var story = Story()
        let line = story.openWithLine()
        let remove = story.send(story.errand(1, { _ in .remove(line: 1) }))
        story.tell(story.errand(2, { _ in .remove(line: 1) }), Reply(.rejected(.lineMissing)))
        story.look(3, 2, [(1, line, 1)])
        story.answer(remove, .shown(3, []))
        #expect(story.broken == [.order])
    }

    @Test func `I7: a client goes back behind its own change`() {
        var story = Story()
        story.open()
        let mine = story.errand(1, add)
        story.tell(mine, .shown(2, [(1, mine.id, 1)]))
        story.look(1, 1, [])
        #expect(story.broken == [.session])
    }

    @Test func `I8: an old owner answers after the new one's commit`() {
        var story = Story()
        story.open()
        let change = story.errand(1, add)
        story.tell(change, .shown(2, [(1, change.id, 1)], owner: "node-2"))
        story.look(2, 1, [], owner: "node-1")
        #expect(story.broken == [.owner])
    }

    @Test func `I9: a change fails when the bound is over`() {
        var story = Story()
        _ = story.openWithLine()
        story.tell(story.errand(2, add), .denied)
        let attempts = story.history.attempts
        #expect(Recovery.violations(attempts, end: .milliseconds(1), bound: .milliseconds(4)).count == 1)
        #expect(Recovery.violations(attempts, end: .milliseconds(1), bound: .milliseconds(5)).isEmpty)
    }

    @Test func `I10: a retry has another version`() {
        var story = Story()
        let line = story.openWithLine()
        let keyed = story.errand(2, add, key: "k")
        story.tell(keyed, .shown(3, [(1, line, 1), (2, keyed.id, 1)]))
        story.tell(keyed, .shown(3, [(1, line, 1), (2, keyed.id, 1)], replayOf: 2))
        #expect(story.broken == [.key])
    }

    @Test func `I10: a retry is done once more`() {
        var story = Story()
        let line = story.openWithLine()
        let keyed = story.errand(2, add, key: "k")
        story.tell(keyed, .shown(3, [(1, line, 1), (2, keyed.id, 1)]))
        story.tell(keyed, .shown(4, [(1, line, 1), (2, keyed.id, 2)]))
        #expect(story.broken.isSuperset(of: [.key]))
    }

    @Test func `I10: a retry finds the line missing that the first attempt took out`() {
        var story = Story()
        _ = story.openWithLine()
        let keyed = story.errand(2, { _ in .remove(line: 1) }, key: "k")
        story.tell(keyed, .noAnswer)
        story.tell(keyed, Reply(.rejected(.lineMissing)))
        story.look(1, 3, [])
        #expect(story.broken == [.key])
    }

    @Test func `I10: a replay of what never had effect`() {
        var story = Story()
        let line = story.openWithLine()
        let keyed = story.errand(2, add, key: "k")
        story.tell(keyed, .noAnswer)
        story.tell(keyed, .shown(2, [(1, line, 1)], replayOf: 3))
        #expect(!story.verdict.holds)
    }

    @Test func `a reply that is none, and a refusal without reason`() {
        var story = Story()
        story.open()
        var flawed = Reply.denied
        flawed.flaw = "503 without outcome"
        story.tell(story.errand(1, add), flawed)
        story.tell(story.errand(1, add), Reply(.rejected(.other("422 invalid-field"))))
        #expect(story.verdict.counts == [.reply: 2])
    }

    @Test func `after an amnesty changes are kept again`() {
        var story = Story()
        let line = story.openWithLine()
        story.history.beginAmnesty()
        story.history.endAmnesty()
        let next = story.errand(1, add)
        story.tell(next, .shown(3, [(1, line, 1), (2, next.id, 1)]))
        story.look(1, 4, [(1, line, 1)])
        #expect(story.broken.contains(.kept))
    }

    @Test func `what was denied may not come even after an amnesty`() {
        var story = Story()
        story.open()
        let denied = story.errand(2, add)
        story.tell(denied, .denied)
        story.history.beginAmnesty()
        story.history.endAmnesty()
        story.look(1, 2, [(1, denied.id, 1)])
        #expect(story.broken == [.denied])
    }

    @Test func `violations are bounded and all counted`() {
        var story = Story()
        let line = story.openWithLine()
        let next = story.errand(1, add)
        story.tell(next, .shown(3, [(1, line, 1), (2, next.id, 1)]))
        for _ in 0..<200 { story.look(2, 2, [(1, line, 1)]) }
        var checker = Checker()
        checker.limit = 5
        let verdict = checker.check(story.history)
        #expect(verdict.violations.count == 5)
        #expect(verdict.counts == [.order: 200])
        #expect(verdict.description.contains("and 195 more"))
    }
}
