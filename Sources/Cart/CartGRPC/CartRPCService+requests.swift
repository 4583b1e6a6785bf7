import Cart
import CartApplication
import CartProtobuf

/// One change that a call asks for, of which cart, and under which terms.
struct ChangeRequest: Sendable {
    let cart: CartID
    let change: CartCommand.Change
    let context: CallContext
    /// True if the change creates a cart for which the client gave no id.
    var hasGeneratedID = false

    init(_ cart: CartID, by change: CartCommand.Change, context: CallContext, hasGeneratedID: Bool = false) {
        self.cart = cart
        self.change = change
        self.context = context
        self.hasGeneratedID = hasGeneratedID
    }

    /// A change of the cart that the request names.
    init(
        _ id: String,
        by change: CartCommand.Change,
        under terms: ServedTerms,
        _ context: CallContext
    ) throws(Refusal) {
        self.init(try CartID(request: id), by: change, context: try context.under(terms))
    }
}

extension CartRPCService {
    func creation(_ request: ServedCreateRequest, _ context: CallContext) throws(Refusal) -> ChangeRequest {
        let currency = request.currency.isEmpty ? nil : try Self.currency(request.currency)
        let seconds = request.hasExpiresInSeconds ? request.expiresInSeconds : nil
        let change = CartCommand.Change.create(currency: currency, expiresIn: seconds)
        guard request.cartID.isEmpty else {
            return try ChangeRequest(request.cartID, by: change, under: request.terms, context)
        }
        let context = try context.under(request.terms)
        let id: CartID
        do throws(RequestError) {
            id = try application.generatedID(under: context.key)
        } catch {
            throw Refusal(error).about(.own("terms.idempotency_key"))
        }
        return ChangeRequest(id, by: change, context: context, hasGeneratedID: true)
    }

    func addition(_ request: ServedAddLineRequest, _ context: CallContext) throws(Refusal) -> ChangeRequest {
        let item = NewItem(
            sku: request.sku,
            name: request.name.isEmpty ? nil : request.name,
            quantity: request.quantity,
            unitPrice: try Self.money(request.unitPrice, isThere: request.hasUnitPrice),
            attributes: Attributes(request.attributes.map { (key: $0.key, value: $0.value) })
        )
        return try ChangeRequest(request.cartID, by: .addLine(item), under: request.terms, context)
    }

    func alteration(_ request: ServedSetQuantityRequest, _ context: CallContext) throws(Refusal)
        -> ChangeRequest
    {
        let change = CartCommand.Change.setQuantity(try LineID(request: request.lineID), request.quantity)
        return try ChangeRequest(request.cartID, by: change, under: request.terms, context)
    }

    func removal(_ request: ServedRemoveLineRequest, _ context: CallContext) throws(Refusal) -> ChangeRequest
    {
        let change = CartCommand.Change.removeLine(try LineID(request: request.lineID))
        return try ChangeRequest(request.cartID, by: change, under: request.terms, context)
    }

    static func money(_ money: ServedMoney, isThere: Bool) throws(Refusal) -> Money {
        guard isThere else { throw Refusal(.missingField("unit_price")) }
        let currency = try currency(money.currency)
        guard !money.hasExponent || Int(money.exponent) == currency.exponent else {
            let expected = "the decimals of \(currency.code), \(currency.exponent ?? 0)"
            throw Refusal(.invalidValue("unit_price.exponent", expected: expected))
        }
        return Money(minorUnits: money.minorUnits, currency: currency)
    }

    static func currency(_ code: String) throws(Refusal) -> Currency {
        do throws(CartRejection) {
            return try Currency(code)
        } catch {
            throw Refusal(error)
        }
    }
}

extension CartID {
    /// The id that a request names.
    init(request text: String) throws(Refusal) {
        do throws(CartRejection) {
            try self.init(text)
        } catch {
            throw Refusal(error)
        }
    }
}

extension LineID {
    /// The id that a request names.
    init(request number: UInt32) throws(Refusal) {
        guard number > 0 else { throw Refusal(.invalid(.lineID, .malformed)) }
        self.init(number)
    }
}
