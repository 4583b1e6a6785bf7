import ActorRuntime
import Cart
import CartProtobuf
import CartTesting
import Ownership
import SwiftProtobuf
import Testing

@testable import CartActor

/// Stored content that we did not write is refused by name, and never taken for something else.
@Suite struct DamagedStateTests {
    private let eur: Currency
    private let t = Timestamp(milliseconds: 1)

    init() throws {
        eur = try #require(Currency(stored: "EUR"))
    }

    /// A cart with three lines, seven commits and three operations.
    private func fixture(_ strategy: PersistenceStrategy) throws -> StoredCartFixture {
        let layout = try StoredCartFixture.layout(strategy, every: 4)
        var fixture = StoredCartFixture()
        try fixture.commit([.created(currency: nil, at: t)], by: layout)
        for id in 1...3 as ClosedRange<UInt32> {
            let line = Line(id: LineID(id), sku: "s\(id)", name: nil, quantity: 1, unitPrice: 1, addedAt: t)
            let key = UInt128(id) << 64
            let applied = AppliedOperation(
                CartOperation(key: key, request: key),
                effect: .lineAdded(LineID(id)),
                version: UInt64(id) + 1
            )
            let capacity = OperationLog.Capacity(kept: 2, retired: 5)
            try fixture.commit(
                [.lineAdded(line, currency: eur), .operationApplied(applied, capacity: capacity, at: t)],
                by: layout
            )
        }
        for quantity in 2...4 as ClosedRange<Int32> {
            try fixture.commit([.quantityChanged(LineID(2), quantity: quantity, at: t)], by: layout)
        }
        return fixture
    }

    private func reason(_ fixture: StoredCartFixture) -> String? {
        do {
            _ = try fixture.stored()
            return nil
        } catch let failure as CodecFailure {
            return failure.reason
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: PersistenceStrategy.allCases)
    func `a field that is gone is missed, whichever it is`(_ strategy: PersistenceStrategy) throws {
        let whole = try fixture(strategy)
        #expect(reason(whole) == nil)
        #expect(whole.fields.count > 3)
        for name in whole.fields.keys {
            var damaged = whole
            damaged.tamper(name, nil)
            #expect(reason(damaged) != nil, "without \(name)")
        }
    }

    @Test(arguments: PersistenceStrategy.allCases)
    func `a field that nobody knows is refused by its name`(_ strategy: PersistenceStrategy) throws {
        for name in ["x", "i:x", "i:01", "ev:", "ev:99", "op:-1", "op:7", "i:4", ""] {
            var damaged = try fixture(strategy)
            damaged.tamper(name, [])
            let found = try #require(reason(damaged), "with \(name)")
            let isNamed = found.contains("`\(name)`")
            let isCounted = ["i:4", "op:7", "ev:99"].contains(name)
            #expect(isNamed || isCounted, "\(name): \(found)")
        }
    }

    @Test(arguments: PersistenceStrategy.allCases)
    func `bytes that are cut or turned end in a reason or in a cart, never in a trap`(
        _ strategy: PersistenceStrategy
    )
        throws
    {
        let whole = try fixture(strategy)
        var generator = ValueGenerator(seed: 5)
        for (name, value) in whole.fields {
            for cut in 0..<value.count {
                var damaged = whole
                damaged.tamper(name, Array(value.prefix(cut)))
                _ = reason(damaged)
            }
            for _ in 0..<200 where !value.isEmpty {
                var turned = value
                turned[generator.number(0...(value.count - 1))] = UInt8(generator.number(0...255))
                var damaged = whole
                damaged.tamper(name, turned)
                _ = reason(damaged)
            }
        }
    }

    @Test func `events of a newer schema or an unknown kind are left to newer builds`() throws {
        var damaged = try fixture(.events)
        let last = "ev:\(damaged.sequence.rawValue)"
        var events = StoredEvents()
        events.schemaVersion = 4
        damaged.tamper(last, try events.serializedBytes())
        #expect(try #require(reason(damaged)).contains("schema version 4"))
        events.schemaVersion = 1
        events.events = [StoredEvent()]
        damaged.tamper(last, try events.serializedBytes())
        #expect(try #require(reason(damaged)).contains("`\(last)`"))
    }

    @Test(arguments: PersistenceStrategy.allCases)
    func `what a newer build says of a line survives our commits`(_ strategy: PersistenceStrategy) throws {
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
        var fixture = try fixture(.events)
        let layout = try StoredCartFixture.layout(.events, every: 100)
        try fixture.commit([.cleared(at: t)], by: layout)
        fixture.tamper("ev:\(fixture.sequence.rawValue)", try events.serializedBytes())
        try fixture.restore()
        let ours = try StoredCartFixture.layout(strategy, every: 2)
        for quantity in 5...9 as ClosedRange<Int32> {
            try fixture.commit([.quantityChanged(LineID(9), quantity: quantity, at: t)], by: ours)
            try fixture.restore()
            let unknown = try #require(fixture.state.unknown?.lines[LineID(9)])
            #expect(Array(unknown.data) == [0x98, 0x06, 0x2A])
        }
        #expect(fixture.state.cart.cart?.line(LineID(9))?.quantity == 9)
    }
}
