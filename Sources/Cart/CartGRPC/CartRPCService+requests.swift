import Cart
import CartProtobuf
import CartService

/// One change that a call asks for, and of which cart.
struct ChangeRequest: Sendable {
    let cart: CartID
    let change: CartCommand.Change
    let expected: UInt64?
    /// What the client calls it, if it does.
    let operation: CartOperation?

    /// A change of the cart that the request names.
    init(_ id: String, _ change: CartCommand.Change, _ terms: ServedTerms, _ call: RPCCall) throws(Refusal) {
        let key = try Self.key(terms, call)
        self.init(try Self.cart(id), change, terms, key, hasGeneratedID: false)
    }

    /// A creation of a cart without a name: it gets the one that its key stands for, or else a fresh one.
    init(
        fresh id: () -> CartID,
        _ change: CartCommand.Change,
        _ terms: ServedTerms,
        _ call: RPCCall
    ) throws(Refusal) {
        let key = try Self.key(terms, call)
        let generated = key.map(\.generatedCart)
        if case .some(.none) = generated {
            throw Refusal(
                .malformedHeader,
                """
                terms.idempotency_key: the cart gets its id of it, so it must be as hard to guess: \
                \(IdempotencyKey.minimumLengthForID) characters or more
                """
            )
        }
        self.init((generated ?? nil) ?? id(), change, terms, key, hasGeneratedID: true)
    }

    private init(
        _ cart: CartID,
        _ change: CartCommand.Change,
        _ terms: ServedTerms,
        _ key: IdempotencyKey?,
        hasGeneratedID: Bool
    ) {
        let expected = terms.hasExpectedVersion ? terms.expectedVersion : nil
        self.cart = cart
        self.change = change
        self.expected = expected
        operation = key.map { CartOperation($0, change, expected: expected, hasGeneratedID: hasGeneratedID) }
    }

    /// The cart that a client names.
    static func cart(_ id: String) throws(Refusal) -> CartID {
        do {
            return try CartID(id)
        } catch {
            throw Refusal(error)
        }
    }

    /// What the message says goes before what the metadata say.
    static func key(_ terms: ServedTerms, _ call: RPCCall) throws(Refusal) -> IdempotencyKey? {
        guard !terms.idempotencyKey.isEmpty else { return call.key }
        return try RPCCall.key(terms.idempotencyKey, "terms.idempotency_key")
    }
}

extension CartRPCService {
    func creation(_ request: ServedCreateRequest, _ call: RPCCall) throws(Refusal) -> ChangeRequest {
        let currency = request.currency.isEmpty ? nil : try Self.currency(request.currency)
        let seconds = request.hasExpiresInSeconds ? request.expiresInSeconds : nil
        let change = CartCommand.Change.create(currency: currency, expiresIn: seconds)
        guard request.cartID.isEmpty else {
            return try ChangeRequest(request.cartID, change, request.terms, call)
        }
        return try ChangeRequest(fresh: dependencies.newID, change, request.terms, call)
    }

    func addition(_ request: ServedAddLineRequest, _ call: RPCCall) throws(Refusal) -> ChangeRequest {
        let item = NewItem(
            sku: request.sku,
            name: request.name.isEmpty ? nil : request.name,
            quantity: request.quantity,
            unitPrice: try Self.money(request.unitPrice, isThere: request.hasUnitPrice),
            attributes: Attributes(request.attributes.map { (key: $0.key, value: $0.value) })
        )
        return try ChangeRequest(request.cartID, .addLine(item), request.terms, call)
    }

    func alteration(_ request: ServedSetQuantityRequest, _ call: RPCCall) throws(Refusal) -> ChangeRequest {
        let change = CartCommand.Change.setQuantity(try Self.line(request.lineID), request.quantity)
        return try ChangeRequest(request.cartID, change, request.terms, call)
    }

    func removal(_ request: ServedRemoveLineRequest, _ call: RPCCall) throws(Refusal) -> ChangeRequest {
        try ChangeRequest(request.cartID, .removeLine(try Self.line(request.lineID)), request.terms, call)
    }

    static func line(_ number: UInt32) throws(Refusal) -> LineID {
        guard number > 0 else { throw Refusal(.invalid(.lineID, .malformed)) }
        return LineID(number)
    }

    static func money(_ money: ServedMoney, isThere: Bool) throws(Refusal) -> Money {
        guard isThere else { throw Refusal(.missingField, "unit_price: must be given") }
        return Money(minorUnits: money.minorUnits, currency: try currency(money.currency))
    }

    private static func currency(_ code: String) throws(Refusal) -> Currency {
        do {
            return try Currency(code)
        } catch {
            throw Refusal(error)
        }
    }
}
