import CartWorkload
import Testing

/// Histories of a cluster that keeps its promises: none may be held against it.
@Suite struct RightHistoryTests {
    @Test func `changes and looks one after the other`() {
        var story = Story()
        let first = story.openWithLine()
        let second = story.errand(2, add)
        story.tell(second, .shown(3, [(1, first, 1), (2, second.id, 1)]))
        story.tell(
            story.errand(2, { _ in .setQuantity(line: 1, 7) }),
            .shown(4, [(1, first, 7), (2, second.id, 1)])
        )
        story.tell(story.errand(1, { _ in .remove(line: 2) }), .shown(5, [(1, first, 7)]))
        story.look(0, 5, [(1, first, 7)])
        #expect(story.verdict.holds, "\(story.verdict)")
        #expect(story.verdict.extent.versions == 5)
        #expect(story.verdict.extent.acknowledged == 5)
        #expect(story.verdict.extent.unread == 0)
    }

    @Test func `several changes in one version`() {
        var story = Story()
        let line = story.openWithLine()
        let a = story.errand(2, add)
        let b = story.errand(3, add)
        let c = story.errand(4, { _ in .remove(line: 1) })
        let d = story.errand(5, { _ in .setQuantity(line: 1, 9) })
        let tickets = [a, b, c, d].map { story.send($0) }
        for ticket in tickets { story.answer(ticket, .shown(3, [(2, a.id, 1), (3, b.id, 1)])) }
        story.look(1, 3, [(2, a.id, 1), (3, b.id, 1)])
        #expect(line.client == 1)
        #expect(story.verdict.holds, "\(story.verdict)")
    }

    @Test func `answers that come in another order than they were decided in`() {
        var story = Story()
        story.open()
        let errands = (2...6).map { story.errand($0, add) }
        let tickets = errands.map { story.send($0) }
        for place in [4, 0, 3, 1, 2] {
            let lines = errands.prefix(place + 1).enumerated().map { (UInt32($0 + 1), $1.id, UInt32(1)) }
            story.answer(tickets[place], .shown(UInt64(place + 2), lines))
        }
        #expect(story.verdict.holds, "\(story.verdict)")
        #expect(story.verdict.extent.versions == 6)
    }

    @Test func `a change of unknown outcome that is never seen`() {
        var story = Story()
        let line = story.openWithLine()
        story.tell(story.errand(2, add), .noAnswer)
        story.look(2, 2, [(1, line, 1)])
        #expect(story.verdict.holds, "\(story.verdict)")
        #expect(story.verdict.extent.unknown == 1)
    }

    @Test func `a change of unknown outcome that is seen late, in a version of its own`() {
        var story = Story()
        let line = story.openWithLine()
        let late = story.errand(2, add)
        story.tell(late, .noAnswer)
        story.look(2, 2, [(1, line, 1)])
        story.tell(
            story.errand(1, { _ in .setQuantity(line: 1, 8) }),
            .shown(4, [(1, line, 8), (2, late.id, 1)])
        )
        #expect(story.verdict.holds, "\(story.verdict)")
    }

    @Test func `an attempt that was never answered and had its effect`() {
        var story = Story()
        let line = story.openWithLine()
        let open = story.errand(2, { _ in .remove(line: 1) })
        _ = story.send(open)
        story.look(1, 2, [(1, line, 1)])
        story.look(1, 3, [])
        #expect(story.verdict.holds, "\(story.verdict)")
    }

    @Test func `a keyed retry is told the version of the first attempt and shown the cart of today`() {
        var story = Story()
        let line = story.openWithLine()
        let keyed = story.errand(2, add, key: "k")
        story.tell(keyed, .noAnswer)
        story.tell(story.errand(1, { _ in .remove(line: 1) }), .shown(4, [(2, keyed.id, 1)]))
        story.tell(keyed, .shown(4, [(2, keyed.id, 1)], replayOf: 3))
        #expect(line.number == 2)
        #expect(story.verdict.holds, "\(story.verdict)")
    }

    @Test func `a replay that does not tell the version`() {
        var story = Story()
        _ = story.openWithLine()
        let keyed = story.errand(2, { _ in .remove(line: 1) }, key: "k")
        story.tell(keyed, .noAnswer)
        var replay = Reply.shown(3, [])
        replay.isReplay = true
        story.tell(keyed, replay)
        #expect(story.verdict.holds, "\(story.verdict)")
    }

    @Test func `a keyed creation makes a version of a cart that is there`() {
        var story = Story()
        story.open()
        story.tell(story.errand(2, { _ in .create }, key: "k"), .shown(2, []))
        story.look(3, 2, [])
        #expect(story.verdict.holds, "\(story.verdict)")
    }

    @Test func `a line that another client may have taken out is missing`() {
        var story = Story()
        let line = story.openWithLine()
        let first = story.errand(1, { _ in .remove(line: 1) })
        let second = story.errand(2, { _ in .remove(line: 1) })
        let ticket = story.send(first)
        story.tell(second, Reply(.rejected(.lineMissing)))
        story.answer(ticket, .shown(3, []))
        #expect(line.client == 1)
        #expect(story.verdict.holds, "\(story.verdict)")
    }

    @Test func `a look under way while a change is answered may show the cart before or after it`() {
        var story = Story()
        let line = story.openWithLine()
        let look = story.send(story.errand(2, { _ in .look }))
        story.tell(story.errand(1, { _ in .remove(line: 1) }), .shown(3, []))
        story.answer(look, .shown(2, [(1, line, 1)]))
        #expect(story.verdict.holds, "\(story.verdict)")
    }

    @Test func `after an amnesty a cart is what it ever was and goes on from there`() {
        var story = Story()
        let line = story.openWithLine()
        let lost = story.errand(2, add)
        story.tell(lost, .shown(3, [(1, line, 1), (2, lost.id, 1)]))
        let crossing = story.errand(3, add)
        let ticket = story.send(crossing)
        story.history.beginAmnesty()
        story.look(1, 2, [(1, line, 1)])
        story.history.endAmnesty()
        story.answer(ticket, .shown(4, [(1, line, 1), (2, lost.id, 1), (3, crossing.id, 1)]))
        story.look(1, 2, [(1, line, 1)])
        let next = story.errand(1, add)
        story.tell(next, .shown(3, [(1, line, 1), (2, next.id, 1)]))
        #expect(story.verdict.holds, "\(story.verdict)")
    }

    @Test func `after an amnesty a cart may be gone and be created anew`() {
        var story = Story()
        _ = story.openWithLine()
        story.history.beginAmnesty([0])
        story.history.endAmnesty([0])
        story.tell(story.errand(1, { _ in .look }), Reply(.rejected(.cartMissing)))
        story.open()
        let next = story.errand(1, add)
        story.tell(next, .shown(2, [(1, next.id, 1)]))
        #expect(story.verdict.holds, "\(story.verdict)")
    }
}
