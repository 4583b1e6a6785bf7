import ActorRuntime
import Cart
import CartProtobuf
import Ownership
import SwiftProtobuf
import Testing

@testable import CartService

/// What lies in the store and is not what we wrote is refused by name, never taken for something else.
@Suite struct DamagedStateTests {
    private let eur: Currency
    private let t = Timestamp(milliseconds: 1)

    init() throws {
        eur = try #require(Currency(stored: "EUR"))
    }

    /// A cart with three lines, seven commits and three operations.
    private func ledger(_ strategy: Strategy) throws -> Ledger {
        let layout = try Ledger.layout(strategy, every: 4)
        var ledger = Ledger()
        try ledger.commit([.created(currency: nil, at: t)], by: layout)
        for id in 1...3 as ClosedRange<UInt32> {
            let line = Line(id: LineID(id), sku: "s\(id)", name: nil, quantity: 1, unitPrice: 1, addedAt: t)
            let key = UInt128(id) << 64
            let applied = AppliedOperation(
                CartOperation(key: key, request: key),
                effect: .lineAdded(LineID(id)),
                version: UInt64(id) + 1
            )
            let room = OperationLog.Room(kept: 2, retired: 5)
            try ledger.commit(
                [.lineAdded(line, currency: eur), .operationApplied(applied, room: room, at: t)],
                by: layout
            )
        }
        for quantity in 2...4 as ClosedRange<Int32> {
            try ledger.commit([.quantityChanged(LineID(2), quantity: quantity, at: t)], by: layout)
        }
        return ledger
    }

    private func reason(_ ledger: Ledger) -> String? {
        do {
            _ = try ledger.stored()
            return nil
        } catch let failure as CodecFailure {
            return failure.reason
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: Strategy.allCases)
    func `a field that is gone is missed, whichever it is`(_ strategy: Strategy) throws {
        let whole = try ledger(strategy)
        #expect(reason(whole) == nil)
        #expect(whole.fields.count > 3)
        for name in whole.fields.keys {
            var damaged = whole
            damaged.tamper(name, nil)
            #expect(reason(damaged) != nil, "without \(name)")
        }
    }

    @Test(arguments: Strategy.allCases)
    func `a field that nobody knows is refused by its name`(_ strategy: Strategy) throws {
        for name in ["x", "i:x", "i:01", "ev:", "ev:99", "op:-1", "op:7", "i:4", ""] {
            var damaged = try ledger(strategy)
            damaged.tamper(name, [])
            let found = try #require(reason(damaged), "with \(name)")
            let isNamed = found.contains("`\(name)`")
            let isCounted = ["i:4", "op:7", "ev:99"].contains(name)
            #expect(isNamed || isCounted, "\(name): \(found)")
        }
    }

    @Test(arguments: Strategy.allCases)
    func `bytes that are cut or turned end in a reason or in a cart, never in a trap`(_ strategy: Strategy)
        throws
    {
        let whole = try ledger(strategy)
        var draw = Draw(seed: 5)
        for (name, value) in whole.fields {
            for cut in 0..<value.count {
                var damaged = whole
                damaged.tamper(name, Array(value.prefix(cut)))
                _ = reason(damaged)
            }
            for _ in 0..<200 where !value.isEmpty {
                var turned = value
                turned[draw.number(0...(value.count - 1))] = UInt8(draw.number(0...255))
                var damaged = whole
                damaged.tamper(name, turned)
                _ = reason(damaged)
            }
        }
    }

    @Test func `events of a newer schema or an unknown kind are left to newer builds`() throws {
        var damaged = try ledger(.events)
        let last = "ev:\(damaged.sequence.rawValue)"
        var events = StoredEvents()
        events.schemaVersion = 3
        damaged.tamper(last, try events.serializedBytes())
        #expect(try #require(reason(damaged)).contains("schema version 3"))
        events.schemaVersion = 1
        events.events = [StoredEvent()]
        damaged.tamper(last, try events.serializedBytes())
        #expect(try #require(reason(damaged)).contains("`\(last)`"))
    }

    @Test(arguments: Strategy.allCases)
    func `what a newer build says of a line survives our commits`(_ strategy: Strategy) throws {
        // Field 99 of a line, as a newer build would write it in an event and in a stored line alike.
        var newer = StoredLine()
        newer.id = 9
        newer.sku = "new"
        newer.quantity = 1
        var bytes: [UInt8] = try newer.serializedBytes()
        bytes += [0x98, 0x06, 0x2A]
        let line = try StoredLine(serializedBytes: bytes)
        var added = StoredEvent()
        added.lineAdded.line = line
        added.lineAdded.currency = "EUR"
        var events = StoredEvents()
        events.schemaVersion = 1
        events.events = [added]

        // It wrote the cart as events, and we go on in our way.
        var ledger = try ledger(.events)
        let layout = try Ledger.layout(.events, every: 100)
        try ledger.commit([.cleared(at: t)], by: layout)
        ledger.tamper("ev:\(ledger.sequence.rawValue)", try events.serializedBytes())
        try ledger.restore()
        let ours = try Ledger.layout(strategy, every: 2)
        for quantity in 5...9 as ClosedRange<Int32> {
            try ledger.commit([.quantityChanged(LineID(9), quantity: quantity, at: t)], by: ours)
            try ledger.restore()
            let unknown = try #require(ledger.state.unknown?.lines[LineID(9)])
            #expect(Array(unknown.data) == [0x98, 0x06, 0x2A])
        }
        #expect(ledger.state.cart.cart?.line(LineID(9))?.quantity == 9)
    }
}
