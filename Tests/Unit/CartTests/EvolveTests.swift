import Testing

@testable import Cart

/// Events apply or are ignored; none traps.
@Suite struct EvolveTests {
    static let line = Line(id: LineID(3), sku: "a", name: nil, quantity: 2, unitPrice: 5, addedAt: t1)

    static func events() throws -> [CartEvent] {
        [
            .lineAdded(line, currency: try currency("EUR")), .lineRenamed(LineID(3), name: "n", at: t2),
            .quantityChanged(LineID(3), quantity: 4, at: t2), .lineRemoved(LineID(3), at: t2),
            .cleared(at: t2),
            .deleted(at: t2),
        ]
    }

    static let applied = CartEvent.operationApplied(
        AppliedOperation(operation(1), effect: .cleared, version: 7),
        capacity: OperationLog.Capacity(kept: 2, retired: 2),
        at: t2
    )

    @Test func `an applied operation is remembered by a cart that is open or deleted, and by no other`()
        throws
    {
        var state = CartState.none
        state.apply(Self.applied)
        #expect(state == .none)
        state.apply(.created(currency: nil, at: t0))
        let cart = state.cart
        state.apply(Self.applied)
        #expect(state.operations?.kept.map(\.version) == [7])
        #expect(state.cart?.updatedAt == cart?.updatedAt && state.cart?.lines == cart?.lines)
        state.apply(.deleted(at: t1))
        #expect(state.operations?.kept.map(\.version) == [7])
        state.apply(Self.applied)
        #expect(state.operations?.kept.map(\.version) == [7, 7])
        #expect(state == .deleted(at: t1, lastLine: LineID(0), operations: state.operations))
        state.apply(.created(currency: nil, at: t2))
        #expect(state.operations?.kept.map(\.version) == [7, 7])
    }

    @Test func `a cart that is not open is moved by created alone`() throws {
        for state in [CartState.none, .deleted(at: t1, lastLine: LineID(4))] {
            for event in try Self.events() {
                var after = state
                after.apply(event)
                #expect(after == state, "\(event)")
            }
            var after = state
            after.apply(.created(currency: nil, at: t2))
            #expect(after.cart?.createdAt == t2 && after.lastLine == state.lastLine)
        }
    }

    @Test func `an open cart ignores events that cannot apply`() throws {
        let open = CartState.open(
            OpenCart(
                currency: try currency("EUR"),
                lines: [Self.line],
                lastLine: LineID(5),
                createdAt: t0,
                updatedAt: t1
            )
        )
        let fresh = Line(id: LineID(6), sku: "b", name: nil, quantity: 1, unitPrice: 1, addedAt: t2)
        let events: [CartEvent] = [
            .created(currency: nil, at: t2), .lineAdded(Self.line, currency: try currency("EUR")),
            .lineAdded(fresh, currency: try currency("USD")), .lineRenamed(LineID(9), name: "n", at: t2),
            .quantityChanged(LineID(9), quantity: 4, at: t2), .lineRemoved(LineID(9), at: t2),
        ]
        for event in events {
            var after = open
            after.apply(event)
            #expect(after == open, "\(event)")
        }
    }

    @Test func `each event has its effect`() throws {
        var state = CartState.none
        state.apply(.created(currency: nil, at: t0))
        state.apply(.lineAdded(Self.line, currency: try currency("EUR")))
        #expect(state.cart?.lines == [Self.line] && state.lastLine == LineID(3))
        state.apply(.lineRenamed(LineID(3), name: "n", at: t2))
        state.apply(.quantityChanged(LineID(3), quantity: 4, at: t2))
        #expect(state.cart?.line(LineID(3))?.name == "n" && state.cart?.line(LineID(3))?.quantity == 4)
        state.apply(.lineRemoved(LineID(3), at: t2))
        #expect(state.cart?.lines == [] && state.lastLine == LineID(3))
        state.apply(.deleted(at: t2))
        #expect(state == .deleted(at: t2, lastLine: LineID(3)))
    }

    @Test func `updatedAt never goes back, though clocks may`() throws {
        var state = CartState.none
        state.apply(.created(currency: nil, at: t1))
        state.apply(.cleared(at: t0))
        #expect(state.cart?.updatedAt == t1)
        state.apply(.cleared(at: t2))
        #expect(state.cart?.updatedAt == t2)
    }

    @Test func `every event tells its time`() throws {
        #expect(try Self.events().map(\.at) == [t1, t2, t2, t2, t2, t2])
        #expect(CartEvent.created(currency: nil, at: t0).at == t0)
        #expect(Self.applied.at == t2)
    }
}
