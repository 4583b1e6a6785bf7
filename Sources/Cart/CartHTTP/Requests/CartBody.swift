import Cart
import CartApplication

/// Reads the bodies of requests into what the domain is asked.
enum CartBody {
    /// `{"currency"?, "expiresInSeconds"?}`, or nothing at all.
    static func creation(_ body: JSONValue?) throws(RequestError) -> CartCommand.Change {
        guard let body else { return .create(currency: nil) }
        let object = try JSONObject(body, of: ["currency", "expiresInSeconds"])
        let seconds = try object.optionalInteger("expiresInSeconds")
        guard let code = try object.optionalString("currency") else {
            return .create(currency: nil, expiresIn: seconds)
        }
        return .create(currency: try currency(code, at: object.place(of: "currency")), expiresIn: seconds)
    }

    /// `{"sku", "quantity", "unitPrice": {"amount", "currency"}, "name"?, "attributes"?}`
    static func addition(_ body: JSONValue) throws(RequestError) -> CartCommand.Change {
        return .addLine(try item(try JSONObject(body, of: itemNames)))
    }

    /// `{"quantity"}`
    static func alteration(_ body: JSONValue, of line: LineID) throws(RequestError) -> CartCommand.Change {
        return .setQuantity(line, try JSONObject(body, of: ["quantity"]).integer("quantity"))
    }

    /// `{"note"?, "customerId"?, "email"?, "attributes"?, "discountCodes"?, "expiresInSeconds"?}`
    static func details(_ body: JSONValue) throws(RequestError) -> CartCommand.Change {
        return .setDetails(try details(try JSONObject(body, of: detailNames)))
    }

    /// `{"unitPrice": {"amount", "currency"}}`
    static func pricing(_ body: JSONValue, of line: LineID) throws(RequestError) -> CartCommand.Change {
        return .setPrice(line, try money(try JSONObject(body, of: ["unitPrice"]), "unitPrice"))
    }

    /// `{"lines": [{"lineId", "quantity"}…]}`
    static func takingOut(_ body: JSONValue) throws(RequestError) -> CartCommand.Change {
        return try takingOut(try JSONObject(body, of: ["lines"]))
    }

    /// `{"version"?}`, or nothing at all: the version that is to be ordered.
    static func checkout(_ body: JSONValue?) throws(RequestError) -> UInt64? {
        guard let body else { return nil }
        let object = try JSONObject(body, of: ["version"])
        guard let version = try object.optionalInteger("version") else { return nil }
        guard version > 0 else {
            throw .invalidValue(object.place(of: "version").text, expected: "a version, from 1")
        }
        return UInt64(version)
    }

    /// Nothing, or `{}`.
    static func nothing(_ body: JSONValue?) throws(RequestError) {
        if let body { _ = try JSONObject(body, of: []) }
    }

    /// `{"from", "mergeId", "strategy"?}`
    static func merge(_ body: JSONValue, into target: CartID) throws(RequestError) -> MergeRequest {
        let object = try JSONObject(body, of: ["from", "mergeId", "strategy"])
        let source = try cart(object.string("from"))
        let id = try object.string("mergeId")
        let name = try object.optionalString("strategy") ?? MergeStrategy.add.rawValue
        guard let strategy = MergeStrategy(rawValue: name) else {
            let known = MergeStrategy.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidValue(object.place(of: "strategy").text, expected: "one of \(known)")
        }
        return MergeRequest(id: id, source: source, target: target, strategy: strategy)
    }

    private static func cart(_ text: String) throws(RequestError) -> CartID {
        do throws(CartRejection) {
            return try CartID(text)
        } catch {
            guard case .invalid(_, let flaw) = error else { throw .rejected(error) }
            throw .rejected(.invalid(.mergeSource, flaw))
        }
    }

    static let itemNames = ["sku", "name", "quantity", "unitPrice", "attributes"]

    static func item(_ object: JSONObject) throws(RequestError) -> NewItem {
        NewItem(
            sku: try object.string("sku"),
            name: try object.optionalString("name"),
            quantity: try object.integer("quantity"),
            unitPrice: try money(object, "unitPrice"),
            attributes: try attributes(object, "attributes")
        )
    }

    static func money(_ object: JSONObject, _ name: String) throws(RequestError) -> Money {
        let money = try JSONObject(
            try object.required(name),
            at: object.place(of: name),
            of: ["amount", "currency", "exponent"]
        )
        let amount = try money.integer("amount")
        let currency = try currency(money)
        // As answers have it; of a client that counts in other units, every amount is wrong.
        if let exponent = try money.optionalInteger("exponent"), exponent != currency.exponent.map(Int64.init)
        {
            throw .invalidValue(
                money.place(of: "exponent").text,
                expected: "the decimals of \(currency.code), \(currency.exponent ?? 0)"
            )
        }
        return Money(minorUnits: amount, currency: currency)
    }

    /// Reads the member `currency`.
    static func currency(_ object: JSONObject) throws(RequestError) -> Currency {
        try currency(object.string("currency"), at: object.place(of: "currency"))
    }

    static func line(_ object: JSONObject) throws(RequestError) -> LineID {
        let text = try object.string("lineId")
        do throws(CartRejection) {
            return try LineID(text)
        } catch {
            throw .invalidValue(object.place(of: "lineId").text, expected: "a line's id")
        }
    }

    private static func currency(_ code: String, at place: JSONPointer) throws(RequestError) -> Currency {
        do throws(CartRejection) {
            return try Currency(code)
        } catch {
            throw .invalidValue(place.text, expected: "three letters of an ISO 4217 currency in use")
        }
    }

    private static func attributes(_ object: JSONObject, _ name: String) throws(RequestError) -> Attributes {
        guard let value = object.optional(name) else { return Attributes() }
        let pointer = object.place(of: name)
        guard case .object(let members) = value else {
            throw .wrongType(pointer.text, expected: "an object", actual: value.kind)
        }
        var pairs: [(key: String, value: String)] = []
        for member in members {
            guard case .string(let text) = member.value else {
                throw .wrongType(pointer[member.name].text, expected: "a string", actual: member.value.kind)
            }
            pairs.append((member.name, text))
        }
        return Attributes(pairs)
    }
}
