import ActorRuntime
import Cart
import CartProtobuf
import CartTesting
import SwiftProtobuf
import Testing

@testable import CartActor

@Suite struct CodecTests {
    let codec = CartCodec()

    @Test func `every state comes back as it was`() throws {
        var generator = ValueGenerator(seed: 1)
        for _ in 0..<500 {
            let record = CartRecord(cart: generator.state())
            #expect(try codec.decode(state: codec.encode(state: record)) == record)
        }
    }

    @Test func `every command comes back as it was`() throws {
        var generator = ValueGenerator(seed: 2)
        for _ in 0..<500 {
            let command = try generator.command()
            #expect(try codec.decode(command: codec.encode(command: command)) == command)
        }
    }

    @Test func `an answer to one who has the cart comes back without it`() throws {
        var generator = ValueGenerator(seed: 4)
        for _ in 0..<50 {
            let reply = CartReply(.read, omitsCart: true)
            let record = CartRecord(cart: generator.state())
            let answer = Answer<CartLogic>(verdict: .accepted(reply, record), sequence: 7, node: "n2")
            let bytes = try codec.encode(answer: answer)
            #expect(bytes.count < 32)
            let back = try codec.decode(answer: bytes)
            #expect(back.sequence == 7)
            guard case .accepted(reply, CartRecord(cart: .none)) = back.verdict else {
                Issue.record("it became \(back.verdict)")
                continue
            }
        }
    }

    @Test func `every accepted answer comes back as it was`() throws {
        var generator = ValueGenerator(seed: 3)
        for (n, effect) in ValueGenerator.effects(LineID(7)).enumerated() {
            let reply = CartReply(effect, replayed: n % 2 == 0 ? nil : UInt64(n))
            let record = CartRecord(cart: generator.state()).withoutOperations
            let answer = Answer<CartLogic>(verdict: .accepted(reply, record), sequence: .max, node: "n2")
            let back = try codec.decode(answer: codec.encode(answer: answer))
            #expect(back.sequence == .max)
            #expect(back.node == "n2")
            guard case .accepted(reply, record) = back.verdict else {
                Issue.record("\(reply) became \(back.verdict)")
                continue
            }
        }
    }

    @Test func `every rejection comes back as it was`() throws {
        for rejection in try allRejections() {
            let answer = Answer<CartLogic>(verdict: .rejected(rejection), sequence: 3, node: "n")
            let back = try codec.decode(answer: codec.encode(answer: answer))
            guard case .rejected(rejection) = back.verdict else {
                Issue.record("\(rejection) became \(back.verdict)")
                continue
            }
        }
    }

    @Test func `a state that was cut short is a failure, wherever it was cut`() throws {
        var generator = ValueGenerator(seed: 4)
        for _ in 0..<60 {
            let bytes = try codec.encode(state: CartRecord(cart: generator.state()))
            for length in 0..<bytes.count {
                #expect(throws: CodecFailure.self) { try codec.decode(state: Array(bytes.prefix(length))) }
            }
        }
    }

    @Test func `bytes that were flipped are a failure or a state that can be worked with`() async throws {
        var generator = ValueGenerator(seed: 5)
        let logic = CartLogic()
        for _ in 0..<3_000 {
            var bytes = try codec.encode(state: CartRecord(cart: generator.state()))
            for _ in 0...generator.number(0...2) {
                bytes[generator.number(0...bytes.count - 1)] ^= UInt8(1 << generator.number(0...7))
            }
            guard var record = try? codec.decode(state: bytes) else { continue }
            for _ in 0..<3 {
                guard
                    case .accept(let events, _) = logic.decide(
                        try generator.command(),
                        on: record,
                        sequence: 1,
                        next: 2
                    )
                else {
                    continue
                }
                for event in events { logic.evolve(&record, with: event) }
            }
            let again = try codec.encode(state: record)
            #expect(try codec.decode(state: again).cart == record.cart)
        }
    }

    @Test func `whatever a peer sends is read or refused`() throws {
        var generator = ValueGenerator(seed: 6)
        for _ in 0..<2_000 {
            var bytes = try codec.encode(command: generator.command())
            bytes.append(UInt8(generator.number(0...255)))
            bytes[generator.number(0...bytes.count - 1)] ^= UInt8(1 << generator.number(0...7))
            if let command = try? codec.decode(command: bytes) { _ = try codec.encode(command: command) }
            if let answer = try? codec.decode(answer: bytes) { _ = try codec.encode(answer: answer) }
        }
        #expect(throws: CodecFailure.self) { try codec.decode(command: []) }
        #expect(throws: CodecFailure.self) { try codec.decode(answer: []) }
        #expect(throws: CodecFailure.self) { try codec.decode(state: []) }
    }

    @Test func `a newer schema is a failure that says so`() throws {
        var message = StoredCart(CartRecord(cart: .none))
        message.schemaVersion = 4
        let bytes: [UInt8] = try message.serializedBytes()
        let failure = #expect(throws: CodecFailure.self) { try codec.decode(state: bytes) }
        #expect(failure?.reason.contains("schema version 4") == true)
        message.schemaVersion = 0
        let unversioned: [UInt8] = try message.serializedBytes()
        #expect(throws: CodecFailure.self) { try codec.decode(state: unversioned) }
    }
}

@Suite struct UnknownFieldTests {
    let codec = CartCodec()
    let logic = CartLogic()

    /// Field 1000, a varint: nobody knows it.
    static func unknown(_ value: UInt8) -> [UInt8] { [0xC0, 0x3E, value & 0x7F] }

    /// A message with a field that only a newer build knows.
    static func newer<M: Message>(_ message: M, _ value: UInt8) throws -> M {
        try M(serializedBytes: try message.serializedBytes() as [UInt8] + unknown(value))
    }

    /// A cart of two lines from a newer build: fields 1 in the record, 2 in the cart, 3 and 4 in the lines.
    static func stored() throws -> [UInt8] {
        let lines = (1...2).map { number in
            Line(id: LineID(number), sku: "s", name: nil, quantity: 1, unitPrice: 1, addedAt: moment)
        }
        let cart = OpenCart(
            currency: nil,
            lines: lines,
            lastLine: LineID(2),
            createdAt: moment,
            updatedAt: moment
        )
        var message = StoredCart(CartRecord(cart: .open(cart)))
        message.open.lines = try message.open.lines.map { try newer($0, UInt8($0.id) + 2) }
        message.open = try newer(message.open, 2)
        return try newer(message, 1).serializedBytes()
    }

    private func after(_ changes: CartCommand.Change...) throws -> StoredCart {
        var record = try codec.decode(state: Self.stored())
        for change in changes {
            switch logic.decide(.change(change, at: moment), on: record, sequence: 1, next: 2) {
            case .accept(let events, _): for event in events { logic.evolve(&record, with: event) }
            case .reject(let rejection): throw rejection
            }
        }
        // Through Redis once more, as the next owner gets it.
        let again = try codec.decode(state: codec.encode(state: record))
        return try StoredCart(serializedBytes: codec.encode(state: again))
    }

    private func fields(_ storage: UnknownStorage) -> [UInt8] { Array(storage.data) }

    @Test func `what a newer build wrote survives a rewrite in its place`() throws {
        let cart = try after(.setQuantity(LineID(1), 5))
        #expect(fields(cart.unknownFields) == Self.unknown(1))
        #expect(fields(cart.open.unknownFields) == Self.unknown(2))
        #expect(cart.open.lines.map { fields($0.unknownFields) } == [Self.unknown(3), Self.unknown(4)])
        #expect(cart.open.lines.first?.quantity == 5)
    }

    @Test func `what was said of a line goes with the line`() throws {
        let cart = try after(.removeLine(LineID(1)))
        #expect(cart.open.lines.map { fields($0.unknownFields) } == [Self.unknown(4)])
        #expect(fields(try after(.clear).open.unknownFields) == Self.unknown(2))
    }

    @Test func `what was said of a cart goes with the cart`() throws {
        let deleted = try after(.delete)
        #expect(fields(deleted.unknownFields) == Self.unknown(1))
        #expect(deleted.deleted.unknownFields.data.isEmpty)
        let anew = try after(.delete, .create(currency: nil))
        #expect(fields(anew.unknownFields) == Self.unknown(1))
        #expect(anew.open.unknownFields.data.isEmpty)
    }

    @Test func `what a newer build wrote of a deleted cart survives too`() throws {
        var message = StoredCart(CartRecord(cart: .deleted(at: moment, lastLine: LineID(9))))
        message.deleted = try Self.newer(message.deleted, 5)
        let record = try codec.decode(state: message.serializedBytes())
        let back = try StoredCart(serializedBytes: codec.encode(state: record))
        #expect(fields(back.deleted.unknownFields) == Self.unknown(5))
    }

    @Test func `a cart without anything unknown costs a pointer`() {
        #expect(MemoryLayout<CartRecord>.size <= MemoryLayout<CartState>.stride + MemoryLayout<Int>.size)
        #expect(CartRecord(cart: .none).unknown == nil)
    }

    @Test func `a newer answer reaches the node that asked with its state whole`() throws {
        let record = try codec.decode(state: Self.stored())
        let answer = Answer<CartLogic>(verdict: .accepted(CartReply(.read), record), sequence: 1, node: "n")
        guard case .accepted(_, let back) = try codec.decode(answer: codec.encode(answer: answer)).verdict
        else {
            Issue.record("not accepted")
            return
        }
        #expect(back == record)
    }
}
