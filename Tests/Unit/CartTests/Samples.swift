import Testing

@testable import Cart

// Fixed times, currencies and items, so that a test says only what it is about.

let t0 = Timestamp(milliseconds: 1_000)
let t1 = Timestamp(milliseconds: 2_000)
let t2 = Timestamp(milliseconds: 3_000)
let decider = CartDecider()

extension CartDecider {
    /// Decides a command that is committed alone.
    func decide(_ command: CartCommand, on state: CartState, version: UInt64) -> CartDecision {
        decide(command, on: state, version: version, next: version &+ 1)
    }
}

func currency(_ code: String) throws -> Currency {
    try #require(Currency(stored: code))
}

func item(
    _ sku: String = "apple",
    name: String? = nil,
    _ quantity: Int64 = 1,
    at price: Int64 = 100,
    in code: String = "EUR",
    with attributes: KeyValuePairs<String, String> = [:]
) throws -> NewItem {
    NewItem(
        sku: sku,
        name: name,
        quantity: quantity,
        unitPrice: Money(minorUnits: price, currency: try currency(code)),
        attributes: Attributes(attributes)
    )
}

/// An operation whose key has this number in both halves.
func operation(_ key: UInt64, asking request: UInt128 = 1) -> CartOperation {
    CartOperation(key: UInt128(key) << 64 | UInt128(key), request: request)
}

/// A cart under test: decides and evolves as the runtime does, one commit a command.
struct Subject {
    var decider = CartDecider()
    var state = CartState.none
    var version: UInt64 = 0

    /// A cart that is open and empty.
    static func open(limits: CartLimits = CartLimits()) throws -> Subject {
        var subject = Subject(decider: CartDecider(limits: limits))
        try subject.does(.create(currency: nil), at: t0)
        return subject
    }

    /// A deleted cart that had one line.
    static func deleted() throws -> Subject {
        var subject = try open()
        try subject.does(.addLine(item()))
        try subject.does(.delete, at: t1)
        return subject
    }

    /// Accepts the change or throws its rejection.
    @discardableResult
    mutating func does(
        _ change: CartCommand.Change,
        at: Timestamp = t1,
        expected: UInt64? = nil
    ) throws -> CartOutcome.Effect {
        try takes(change, at: at, expected: expected).effect
    }

    /// Accepts the change, perhaps under a key, or throws its rejection.
    @discardableResult
    mutating func takes(
        _ change: CartCommand.Change,
        as operation: CartOperation? = nil,
        at: Timestamp = t1,
        expected: UInt64? = nil
    ) throws -> CartOutcome {
        let command = CartCommand.change(change, at: at, expected: expected, operation: operation)
        switch decider.decide(command, on: state, version: version) {
        case .accept(let events, let outcome):
            for event in events { decider.evolve(&state, with: event) }
            if !events.isEmpty { version += 1 }
            return outcome
        case .reject(let rejection):
            throw rejection
        }
    }

    /// The rejection of the change, or nil if it is accepted.
    func refusal(
        _ change: CartCommand.Change,
        as operation: CartOperation? = nil,
        expected: UInt64? = nil
    ) -> CartRejection? {
        let command = CartCommand.change(change, at: t2, expected: expected, operation: operation)
        return switch decider.decide(command, on: state, version: version) {
        case .accept: nil
        case .reject(let rejection): rejection
        }
    }

    var lines: [Line] { state.cart?.lines ?? [] }
}
