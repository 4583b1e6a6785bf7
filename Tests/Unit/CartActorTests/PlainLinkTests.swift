import ActorRuntime
import Cart
import CartProtobuf
import CartTesting
import SwiftProtobuf
import Testing

@testable import CartActor

/// What passes over the link without message objects is what the library would have written and read.
@Suite struct PlainLinkTests {
    private let codec = CartCodec()

    // MARK: Commands

    private func library(_ bytes: [UInt8]) throws(CodecFailure) -> CartCommand {
        try CartCodec.message(LinkedCommand.self, from: bytes, "a command").command()
    }

    private func isPlain(_ command: CartCommand) -> Bool {
        switch command {
        case .read, .readIfChanged: return true
        case .dryRun: return false
        case .change(let change, _, _, _):
            switch change {
            case .addLine, .setQuantity, .removeLine: return true
            default: return false
            }
        }
    }

    /// - Returns: true if the bytes were read without the library.
    private func compare(command bytes: [UInt8]) -> Bool {
        let mine = Result { () throws(CodecFailure) in try codec.decode(command: bytes) }
        let other = Result { () throws(CodecFailure) in try library(bytes) }
        #expect(mine == other, "\(bytes)")
        if let mine = try? mine.get(), let other = try? other.get() {
            #expect(written(mine) == written(other), "\(bytes)")
        }
        return PlainCommand.read(bytes) != nil
    }

    private func written(_ command: CartCommand) -> [UInt8]? {
        try? LinkedCommand(command).serializedBytes()
    }

    @Test func `frequent commands have the bytes of their messages, and others are left to the library`()
        throws
    {
        var generator = ValueGenerator(seed: 21)
        var plain = 0
        for _ in 0..<5_000 {
            let command = try generator.command()
            let bytes = PlainCommand.bytes(of: command)
            #expect((bytes != nil) == isPlain(command))
            guard let bytes else { continue }
            #expect(bytes == written(command))
            plain += 1
        }
        #expect(plain > 1_000)
    }

    @Test func `commands are read as the library reads them, whatever happened to their bytes`() throws {
        var generator = ValueGenerator(seed: 22)
        var damage = DamagedBytes(seed: 23)
        var (plain, survived) = (0, 0)
        for _ in 0..<200 {
            let command = try generator.command()
            let bytes = try #require(written(command))
            let isRead = compare(command: bytes)
            #expect(isRead == isPlain(command))
            if isRead { plain += 1 }
            for cut in DamagedBytes.cuts(of: bytes) { _ = compare(command: cut) }
            for added in DamagedBytes.additions(to: bytes) { _ = compare(command: added) }
            for _ in 0..<50 where compare(command: damage.turned(bytes)) { survived += 1 }
        }
        #expect(plain > 50)
        #expect(survived > 300)
    }

    // MARK: Answers

    /// Three in four are of a cart that has nothing rare.
    private func answer(_ generator: inout ValueGenerator) -> Answer<CartLogic> {
        if generator.number(0...3) == 0 { return generator.answer() }
        let record = CartRecord(cart: .open(StoredHeadTests.plain(generator.contents())))
        let reply = CartReply(
            generator.effect(),
            replayed: generator.flip() ? UInt64(generator.number(0...3)) : nil,
            omitsCart: generator.number(0...3) == 0
        )
        return Answer(
            verdict: .accepted(reply, record),
            sequence: UInt64(generator.number(0...300)),
            node: generator.text()
        )
    }

    private func isPlain(_ answer: Answer<CartLogic>) -> Bool {
        guard case .accepted(let reply, let record) = answer.verdict else { return false }
        if case .actions = reply.effect { return false }
        return reply.omitsCart || record.plain != nil
    }

    private func written(_ answer: Answer<CartLogic>) -> [UInt8]? {
        try? LinkedAnswer(answer).serializedBytes()
    }

    /// - Returns: true if the bytes were read without the library.
    private func compare(answer bytes: [UInt8]) -> Bool {
        let mine = Result { () throws(CodecFailure) in try codec.decode(answer: bytes) }
        let other = Result { () throws(CodecFailure) in
            try CartCodec.message(LinkedAnswer.self, from: bytes, "an answer").answer()
        }
        switch (mine, other) {
        case (.failure(let mine), .failure(let other)):
            #expect(mine == other)
        case (.success(let mine), .success(let other)):
            #expect(written(mine) == written(other), "\(bytes)")
            switch (mine.verdict, other.verdict) {
            case (.accepted(let reply, let record), .accepted(let otherReply, let otherRecord)):
                #expect(reply == otherReply && record == otherRecord, "\(bytes)")
            case (.rejected(let mine), .rejected(let other)):
                #expect(mine == other)
            default:
                Issue.record("\(mine) is not \(other)")
            }
        default:
            Issue.record("\(mine) is not \(other), of \(bytes)")
        }
        return PlainAnswer.read(bytes) != nil
    }

    @Test func `frequent answers have the bytes of their messages, others are left to the library`() throws {
        var generator = ValueGenerator(seed: 24)
        var plain = 0
        for _ in 0..<5_000 {
            let answer = answer(&generator)
            let bytes = PlainAnswer.bytes(of: answer)
            #expect((bytes != nil) == isPlain(answer))
            guard let bytes else { continue }
            #expect(bytes == written(answer))
            plain += 1
        }
        #expect(plain > 2_000)
    }

    @Test func `answers are read as the library reads them, whatever happened to their bytes`() throws {
        var generator = ValueGenerator(seed: 25)
        var damage = DamagedBytes(seed: 26)
        var (plain, survived) = (0, 0)
        for _ in 0..<60 {
            let answer = answer(&generator)
            let bytes = try #require(written(answer))
            let isRead = compare(answer: bytes)
            // The effect of an empty batch is written like any other.
            #expect(isRead || !isPlain(answer))
            if isRead { plain += 1 }
            for cut in DamagedBytes.cuts(of: bytes) { _ = compare(answer: cut) }
            for added in DamagedBytes.additions(to: bytes) { _ = compare(answer: added) }
            for _ in 0..<150 where compare(answer: damage.turned(bytes)) { survived += 1 }
        }
        #expect(plain > 25)
        #expect(survived > 300)
    }
}
