import CartWorkload
import Testing

/// Histories with deletions whose answers tell no version: the checker finds the version of each.
@Suite struct DeletionHistoryTests {
    private static let source = CartName(1)

    /// Cart 1 has six lines and a note at version 8, is deleted at version 9, found deleted, and created
    /// again, which is acknowledged without a key.
    ///
    /// - Parameter created: the version of the answer to the creation.
    private func createdAgain(at created: UInt64 = 10) -> HistoryBuilder {
        var builder = HistoryBuilder(carts: 2)
        let cart = Self.source
        builder.make({ _ in .create }, at: 1, [], on: cart)
        var lines: [HistoryBuilder.AnsweredLine] = []
        for line in 1...6 as ClosedRange<UInt32> {
            lines.append((line, OperationID(client: 1, number: line + 1), 1))
            builder.make(add, at: UInt64(line) + 1, lines, on: cart)
        }
        let note = OperationID(client: 1, number: 8)
        builder.make({ .setNote(Article($0)) }, at: 8, lines, note: note, on: cart)
        builder.tell(builder.operation(2, { _ in .delete }, on: cart), .deleted)
        builder.tell(builder.operation(3, { _ in .read }, on: cart), AttemptResult(.rejected(.cartDeleted)))
        let refused = builder.operation(4, add, on: cart)
        builder.tell(refused, .denied)
        builder.tell(refused, AttemptResult(.rejected(.cartDeleted)))
        builder.make({ _ in .create }, at: created, [], on: cart)
        return builder
    }

    /// Goes on from such a version: cart 1 gets a line and a note, is merged into cart 0 while a second
    /// deletion is under way, and is created again.
    private func mergeAndDelete(_ builder: inout HistoryBuilder, after version: UInt64 = 10) {
        let cart = Self.source
        let article = OperationID(client: 5, number: 1)
        let note = OperationID(client: 5, number: 2)
        builder.open()
        builder.tell(builder.operation(5, add, on: cart), .shown(version + 1, [(1, article, 1)]))
        let noted = builder.operation(5, { .setNote(Article($0)) }, on: cart)
        builder.tell(noted, .shown(version + 2, [(1, article, 1)], note: note))
        let id = OperationID(client: 6, number: 1)
        let merge = builder.send(builder.operation(6, { .merge(from: cart, id: $0) }))
        let deletion = builder.send(builder.operation(2, { _ in .delete }, on: cart))
        let look = builder.operation(3, { _ in .read }, on: cart)
        builder.tell(look, .shown(version + 4, [], phase: .merged(id)))
        builder.answer(deletion, .deleted)
        builder.answer(merge, .shown(2, [(1, article, 1)]))
        let creation = builder.operation(5, { _ in .create }, on: cart, key: "k")
        builder.tell(creation, .shown(version + 6, []))
    }

    @Test func `a cart is deleted and created again, twice, once after a merge`() {
        var builder = createdAgain()
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
        mergeAndDelete(&builder)
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `I1: a version too many beside a deletion and a creation`() {
        var builder = createdAgain(at: 11)
        #expect(builder.broken == [.versions])
        mergeAndDelete(&builder, after: 11)
        #expect(builder.checkResult.counts == [.versions: 1], "\(builder.checkResult)")
    }

    @Test func `I1: a creation of a cart that no deletion began makes a version`() {
        var builder = createdAgain()
        // A deletion that was acknowledged before an answer at version 10 made none after it.
        builder.make({ _ in .create }, at: 11, [], on: Self.source)
        #expect(builder.broken == [.versions])
    }

    @Test func `I6: a deletion has effect after a read that was sent later did not see it`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        builder.tell(builder.operation(2, { _ in .delete }), .deleted)
        builder.read(by: 3, 2, [(1, line, 1)])
        builder.make({ _ in .create }, at: 4, [])
        #expect(!builder.checkResult.holds)
    }

    @Test func `a read that was sent before a deletion was acknowledged does not bound its version`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        let deletion = builder.send(builder.operation(2, { _ in .delete }))
        let read = builder.send(builder.operation(3, { _ in .read }))
        builder.answer(deletion, .deleted)
        builder.answer(read, .shown(2, [(1, line, 1)]))
        builder.make({ _ in .create }, at: 4, [])
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `a change is replayed without a cart, after a deletion whose version nobody was shown`() {
        for isDeleted in [true, false] {
            var builder = HistoryBuilder()
            let line = builder.openWithLine()
            let keyed = builder.operation(2, add, key: "k")
            builder.tell(keyed, .noAnswer)
            // A deletion of unknown outcome does not excuse a cart that an inspector still finds without it.
            builder.tell(builder.operation(3, { _ in .delete }), isDeleted ? .deleted : .noAnswer)
            var replay = AttemptResult.deleted
            (replay.isReplay, replay.committedAt) = (true, 3)
            builder.tell(keyed, replay)
            let look = builder.operation(0, { _ in .read })
            if isDeleted {
                builder.tell(look, AttemptResult(.rejected(.cartDeleted)))
            } else {
                builder.tell(look, .shown(2, [(1, line, 1)]))
            }
            #expect(builder.broken == (isDeleted ? [] : [.kept]), "\(builder.checkResult)")
        }
    }
}

extension AttemptResult {
    fileprivate static let deleted = AttemptResult(.done(nil))
}
