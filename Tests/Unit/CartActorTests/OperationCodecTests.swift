import ActorRuntime
import Cart
import CartProtobuf
import CartTesting
import SeededRandom
import SwiftProtobuf
import Testing

@testable import CartActor

/// Operations in Redis and over the link.
@Suite struct OperationCodecTests {
    let codec = CartCodec()

    /// As a build stored it that knew of no operations: EUR, created at 1, updated at 2, last line 3.
    static let openBytes: [UInt8] = [
        0x08, 0x01, 0x12, 0x0B, 0x0A, 0x03, 0x45, 0x55, 0x52, 0x10, 0x01, 0x18, 0x02, 0x20, 0x03,
    ]
    /// Deleted at 1, last line 3.
    static let deletedBytes: [UInt8] = [0x08, 0x01, 0x1A, 0x04, 0x08, 0x01, 0x10, 0x03]

    @Test func `carts without operations are read and written as they were before there were any`() throws {
        let cart = OpenCart(
            currency: Currency(stored: "EUR"),
            lines: [],
            lastLine: LineID(3),
            createdAt: Timestamp(milliseconds: 1),
            updatedAt: Timestamp(milliseconds: 2)
        )
        let deleted = CartState.deleted(at: Timestamp(milliseconds: 1), lastLine: LineID(3))
        for (bytes, state) in [(Self.openBytes, CartState.open(cart)), (Self.deletedBytes, deleted)] {
            let record = CartRecord(cart: state)
            #expect(try codec.decode(state: bytes) == record)
            #expect(try codec.encode(state: record) == bytes)
        }
    }

    @Test func `only a cart that older builds must not rewrite is of a later schema`() throws {
        var generator = ValueGenerator(seed: 12)
        let cart = OpenCart(
            currency: nil,
            lines: [generator.line()],
            lastLine: LineID(3),
            createdAt: moment,
            updatedAt: moment,
            details: {
                var details = CartDetails()
                details.note = "n"
                return details
            }(),
            merges: MergeLog(kept: [MergeLog.Entry(digest: 1, attempt: 2, isTaken: true)])
        )
        func logged(_ effect: CartOutcome.Effect) -> CartState {
            let applied = AppliedOperation(generator.operation(), effect: effect, version: 1)
            let log = OperationLog(kept: [applied], retired: [])
            return .deleted(at: moment, lastLine: LineID(1), operations: log)
        }
        let order = CartOrder(id: OrderID(generator.cartID()), version: 1, at: moment)
        let merged = MergedCart(handover: generator.handover(), at: moment, lastLine: LineID(0))
        let cases: [(CartState, UInt32)] = [
            (.none, 1), (.open(cart), 1), (.deleted(at: moment, lastLine: LineID(1)), 1),
            (logged(.unchanged), 1), (logged(.lineAdded(LineID(1))), 1), (logged(.detailsChanged), 2),
            (logged(.actions(ActionEffects([]))), 2), (logged(.handOverUndone), 2),
            (logged(.currencyChanged), 3),
            (logged(.actions(ActionEffects([.cleared, .currencyChanged]))), 3),
            (.checkedOut(cart, order), 2), (.closing(cart, generator.handover()), 2), (.merged(merged), 2),
        ]
        for (state, version) in cases {
            #expect(StoredCart(CartRecord(cart: state)).schemaVersion == version, "\(state)")
        }
        // Over the link an open cart is of the first, whatever its log: it does not travel.
        #expect(StoredCart(CartRecord(cart: logged(.merged)), withOperations: false).schemaVersion == 1)
    }

    @Test func `commands within commands go no deeper than they may`() throws {
        let clear = CartCommand.change(.clear, at: moment)
        let inner: [UInt8] = try LinkedCommand(.dryRun(.clear, at: moment)).serializedBytes()
        var rehearsal = LinkedCommand()
        rehearsal.rehearse.change = try LinkedCommand(serializedBytes: inner).serializedBytes()
        var read = LinkedCommand()
        read.rehearse.change = try LinkedCommand(.read).serializedBytes()
        var batch = LinkedCommand()
        let one: [UInt8] = try LinkedCommand(.change(.actions([.clear]), at: moment)).serializedBytes()
        batch.actions.actions = [try LinkedCommand(serializedBytes: one).serializedBytes()]
        var keyed = LinkedCommand()
        keyed.keyed.change = try LinkedCommand(.dryRun(.clear, at: moment)).serializedBytes()
        for message in [rehearsal, read, batch, keyed] {
            #expect(throws: CodecFailure.self) { try codec.decode(command: message.serializedBytes()) }
        }
        #expect(try codec.decode(command: codec.encode(command: clear)) == clear)
    }

    @Test func `what a newer build wrote of a cart is carried through an order and back`() throws {
        let logic = CartLogic()
        var record = try codec.decode(state: UnknownFieldTests.stored())
        let before = try StoredCart(serializedBytes: UnknownFieldTests.stored()).open
        let order = OrderID(try CartID("o"))
        for (change, expected) in [(.checkOut(order), 1), (.cancelCheckout, nil)]
            as [(
                CartCommand.Change, UInt64?
            )]
        {
            let command = CartCommand.change(change, at: moment, expected: expected)
            guard case .accept(let events, _) = logic.decide(command, on: record, sequence: 1, next: 2) else {
                Issue.record("\(change) was refused")
                return
            }
            for event in events { logic.evolve(&record, with: event) }
            record = try codec.decode(state: codec.encode(state: record))
        }
        #expect(try StoredCart(serializedBytes: codec.encode(state: record)).open == before)
    }

    @Test func `a change without a key travels as it did before there were any`() throws {
        let command = CartCommand.change(.clear, at: Timestamp(milliseconds: 5))
        let bytes: [UInt8] = [0x10, 0x05, 0x42, 0x00]
        #expect(try codec.encode(command: command) == bytes)
        #expect(try codec.decode(command: bytes) == command)
    }

    @Test func `what was stored of an operation stays where it is`() throws {
        let operation = CartOperation(key: UInt128(1) << 64 | 2, request: UInt128(3) << 64 | 4)
        let applied = AppliedOperation(operation, effect: .lineAdded(LineID(6)), version: 5)
        let log = OperationLog(kept: [applied], retired: [7])
        let state = CartState.deleted(at: Timestamp(milliseconds: 1), lastLine: LineID(3), operations: log)
        func word(_ number: UInt8) -> [UInt8] { [number, 0, 0, 0, 0, 0, 0, 0] }
        let kept =
            [0x09] + word(1) + [0x11] + word(2) + [0x19] + word(3) + [0x21] + word(4)
            + [0x28, 0x05, 0x30, 0x04, 0x38, 0x06]
        let stored = [0x0A, UInt8(kept.count)] + kept + [0x12, 0x08] + word(7)
        let deleted: [UInt8] = [0x08, 0x01, 0x1A, 0x06, 0x08, 0x01, 0x10, 0x03, 0x18, 0x01]
        let bytes = deleted + [0x2A, UInt8(stored.count)] + stored
        #expect(try codec.encode(state: CartRecord(cart: state)) == bytes)
        #expect(try codec.decode(state: bytes).cart == state)
        #expect(throws: CodecFailure.self) { try codec.decode(state: deleted) }
        // A node that knows no logs carries this one along, and does not mention it when it deletes the cart.
        #expect(try codec.decode(state: Self.deletedBytes + bytes.dropFirst(deleted.count)).cart == state)
    }

    @Test func `a full log comes back as it was and takes less than 21 KiB`() throws {
        var generator = ValueGenerator(seed: 7)
        let limits = CartLimits()
        let kept = (0..<limits.operations).map { _ in
            let operation = CartOperation(key: generator.wide(), request: generator.wide())
            return AppliedOperation(operation, effect: .lineIncreased(LineID(.max)), version: 1_000_000)
        }
        let retired = (0..<limits.retiredOperations).map { _ in generator.random.next() }
        let state = CartState.deleted(
            at: moment,
            lastLine: LineID(1),
            operations: OperationLog(kept: kept, retired: retired)
        )
        let bytes = try codec.encode(state: CartRecord(cart: state))
        #expect(try codec.decode(state: bytes).cart == state)
        #expect(bytes.count < 21 * 1_024)
    }

    @Test func `an answer to another node leaves the operations at home`() throws {
        let applied = AppliedOperation(CartOperation(key: 1, request: 2), effect: .cleared, version: 3)
        let state = CartState.deleted(
            at: moment,
            lastLine: LineID(1),
            operations: OperationLog(kept: [applied], retired: [4])
        )
        let reply = CartReply(.deleted, replayed: 3)
        let answer = Answer<CartLogic>(
            verdict: .accepted(reply, CartRecord(cart: state)),
            sequence: 9,
            node: "n"
        )
        guard case .accepted(reply, let back) = try codec.decode(answer: codec.encode(answer: answer)).verdict
        else {
            Issue.record("not accepted")
            return
        }
        #expect(back.cart == .deleted(at: moment, lastLine: LineID(1)))
    }

    @Test func `a key within a key, a key of a read and a key of nothing are failures`() throws {
        var message = LinkedCommand()
        let changes = [
            LinkedCommand.with { $0.read = LinkedRead() }, LinkedCommand.with { $0.keyed = LinkedKeyed() },
            LinkedCommand(),
        ]
        for change in changes {
            message.keyed.change = try change.serializedBytes()
            let bytes: [UInt8] = try message.serializedBytes()
            #expect(throws: CodecFailure.self) { try codec.decode(command: bytes) }
        }
        message.keyed.change.append(0xFF)
        let broken: [UInt8] = try message.serializedBytes()
        #expect(throws: CodecFailure.self) { try codec.decode(command: broken) }
    }

    @Test func `an effect that only a newer build knows is a failure`() throws {
        var message = StoredCart(CartRecord(cart: .none))
        message.log.kept = [.with { $0.effect = .UNRECOGNIZED(99) }]
        message.deleted = StoredDeleted()
        let bytes: [UInt8] = try message.serializedBytes()
        #expect(throws: CodecFailure.self) { try codec.decode(state: bytes) }
    }

    @Test func `what a newer build wrote survives a keyed change`() throws {
        let logic = CartLogic()
        var record = try codec.decode(state: UnknownFieldTests.stored())
        let unknown = record.unknown
        let command = CartCommand.change(
            .setQuantity(LineID(1), 5),
            at: moment,
            operation: CartOperation(key: 1, request: 2)
        )
        guard case .accept(let events, _) = logic.decide(command, on: record, sequence: 1, next: 2) else {
            Issue.record("refused")
            return
        }
        for event in events { logic.evolve(&record, with: event) }
        let back = try codec.decode(state: codec.encode(state: record))
        #expect(back == record && back.unknown == unknown && unknown != nil)
        #expect(back.cart.operations?.kept.count == 1)
    }
}

extension ValueGenerator {
    mutating func wide() -> UInt128 { UInt128(random.next()) << 64 | UInt128(random.next()) }
}

extension CartRecord {
    /// As another node is shown it.
    var withoutOperations: CartRecord {
        switch cart {
        case .none:
            return self
        case .deleted(let at, let lastLine, _, let merges):
            return CartRecord(
                cart: .deleted(at: at, lastLine: lastLine, merges: merges),
                unknown: unknown
            )
        case .open(let cart):
            return CartRecord(cart: .open(cart.withoutOperations), unknown: unknown)
        case .checkedOut(let cart, let order):
            return CartRecord(cart: .checkedOut(cart.withoutOperations, order), unknown: unknown)
        case .closing(let cart, let handover):
            return CartRecord(cart: .closing(cart.withoutOperations, handover), unknown: unknown)
        case .merged(var cart):
            cart = MergedCart(
                handover: cart.handover,
                at: cart.at,
                lastLine: cart.lastLine,
                merges: cart.merges
            )
            return CartRecord(cart: .merged(cart), unknown: unknown)
        }
    }
}

extension OpenCart {
    fileprivate var withoutOperations: OpenCart {
        OpenCart(
            currency: currency,
            lines: lines,
            lastLine: lastLine,
            createdAt: createdAt,
            updatedAt: updatedAt,
            details: details,
            merges: merges
        )
    }
}
