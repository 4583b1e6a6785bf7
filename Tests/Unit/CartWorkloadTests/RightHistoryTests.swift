import CartWorkload
import Testing

/// Histories of a cluster that keeps its promises: the checker reports no violation.
@Suite struct RightHistoryTests {
    @Test func `changes and reads one after the other`() {
        var builder = HistoryBuilder()
        let first = builder.openWithLine()
        let second = builder.operation(2, add)
        builder.tell(second, .shown(3, [(1, first, 1), (2, second.id, 1)]))
        builder.tell(
            builder.operation(2, { _ in .setQuantity(line: 1, 7) }),
            .shown(4, [(1, first, 7), (2, second.id, 1)])
        )
        builder.tell(builder.operation(1, { _ in .remove(line: 2) }), .shown(5, [(1, first, 7)]))
        builder.read(by: 0, 5, [(1, first, 7)])
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
        #expect(builder.checkResult.extent.versions == 5)
        #expect(builder.checkResult.extent.acknowledged == 5)
        #expect(builder.checkResult.extent.unread == 0)
    }

    @Test func `several changes in one version`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let a = builder.operation(2, add)
        let b = builder.operation(3, add)
        let c = builder.operation(4, { _ in .remove(line: 1) })
        let d = builder.operation(5, { _ in .setQuantity(line: 1, 9) })
        let sentAttempts = [a, b, c, d].map { builder.send($0) }
        for sentAttempt in sentAttempts {
            builder.answer(sentAttempt, .shown(3, [(2, a.id, 1), (3, b.id, 1)]))
        }
        builder.read(by: 1, 3, [(2, a.id, 1), (3, b.id, 1)])
        #expect(line.client == 1)
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `answers that arrive in another order than that of the decisions`() {
        var builder = HistoryBuilder()
        builder.open()
        let operations = (2...6).map { builder.operation($0, add) }
        let sentAttempts = operations.map { builder.send($0) }
        for place in [4, 0, 3, 1, 2] {
            let lines = operations.prefix(place + 1).enumerated().map { (UInt32($0 + 1), $1.id, UInt32(1)) }
            builder.answer(sentAttempts[place], .shown(UInt64(place + 2), lines))
        }
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
        #expect(builder.checkResult.extent.versions == 6)
    }

    @Test func `a change of unknown outcome that is never seen`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        builder.tell(builder.operation(2, add), .noAnswer)
        builder.read(by: 2, 2, [(1, line, 1)])
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
        #expect(builder.checkResult.extent.unknown == 1)
    }

    @Test func `a change of unknown outcome that is seen late, in a version of its own`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let late = builder.operation(2, add)
        builder.tell(late, .noAnswer)
        builder.read(by: 2, 2, [(1, line, 1)])
        builder.tell(
            builder.operation(1, { _ in .setQuantity(line: 1, 8) }),
            .shown(4, [(1, line, 8), (2, late.id, 1)])
        )
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `an attempt that was never answered and had its effect`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let open = builder.operation(2, { _ in .remove(line: 1) })
        _ = builder.send(open)
        builder.read(by: 1, 2, [(1, line, 1)])
        builder.read(by: 1, 3, [])
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `the answer to a keyed retry has the version of the first attempt and the current cart`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let keyed = builder.operation(2, add, key: "k")
        builder.tell(keyed, .noAnswer)
        builder.tell(builder.operation(1, { _ in .remove(line: 1) }), .shown(4, [(2, keyed.id, 1)]))
        builder.tell(keyed, .shown(4, [(2, keyed.id, 1)], replayOf: 3))
        #expect(line.number == 2)
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `a replay without the version of the change`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        let keyed = builder.operation(2, { _ in .remove(line: 1) }, key: "k")
        builder.tell(keyed, .noAnswer)
        var replay = AttemptResult.shown(3, [])
        replay.isReplay = true
        builder.tell(keyed, replay)
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `a keyed creation makes a version of an existing cart`() {
        var builder = HistoryBuilder()
        builder.open()
        builder.tell(builder.operation(2, { _ in .create }, key: "k"), .shown(2, []))
        builder.read(by: 3, 2, [])
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `a line that another client may have removed is missing`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let first = builder.operation(1, { _ in .remove(line: 1) })
        let second = builder.operation(2, { _ in .remove(line: 1) })
        let sentAttempt = builder.send(first)
        builder.tell(second, AttemptResult(.rejected(.lineMissing)))
        builder.answer(sentAttempt, .shown(3, []))
        #expect(line.client == 1)
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `a read in flight while a change is answered may show the cart before or after the change`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let look = builder.send(builder.operation(2, { _ in .read }))
        builder.tell(builder.operation(1, { _ in .remove(line: 1) }), .shown(3, []))
        builder.answer(look, .shown(2, [(1, line, 1)]))
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `after a loss window a cart may be in an earlier state and goes on from there`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let lost = builder.operation(2, add)
        builder.tell(lost, .shown(3, [(1, line, 1), (2, lost.id, 1)]))
        let crossing = builder.operation(3, add)
        let sentAttempt = builder.send(crossing)
        builder.history.beginLossWindow()
        builder.read(by: 1, 2, [(1, line, 1)])
        builder.history.endLossWindow()
        builder.answer(sentAttempt, .shown(4, [(1, line, 1), (2, lost.id, 1), (3, crossing.id, 1)]))
        builder.read(by: 1, 2, [(1, line, 1)])
        let next = builder.operation(1, add)
        builder.tell(next, .shown(3, [(1, line, 1), (2, next.id, 1)]))
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `after a loss window a cart may be missing and be created again`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        builder.history.beginLossWindow([0])
        builder.history.endLossWindow([0])
        builder.tell(builder.operation(1, { _ in .read }), AttemptResult(.rejected(.cartMissing)))
        builder.open()
        let next = builder.operation(1, add)
        builder.tell(next, .shown(2, [(1, next.id, 1)]))
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `after a loss window a repeated operation may be made once more, but only once`() {
        var builder = HistoryBuilder()
        builder.open()
        let change = builder.operation(1, add, key: "k")
        builder.tell(change, .shown(2, [(1, change.id, 1)]))
        builder.history.beginLossWindow()
        builder.history.endLossWindow()
        builder.tell(builder.operation(2, { _ in .create }), .shown(7, []))
        builder.tell(change, .shown(8, [(1, change.id, 1)]))
        builder.tell(change, .shown(8, [(1, change.id, 1)], replayOf: 8))
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
        builder.tell(change, .shown(9, [(1, change.id, 1), (2, change.id, 1)], replayOf: 9))
        #expect(!builder.checkResult.holds)
    }
}
