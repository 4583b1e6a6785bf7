import Cart

/// Reads the bodies of requests into what the domain is asked.
enum CartBody {
    /// `{"currency"?}`, or nothing at all.
    static func creation(_ body: JSONValue?) throws(RequestFlaw) -> CartCommand.Change {
        guard let body else { return .create(currency: nil) }
        let object = try JSONObject(body, of: ["currency"])
        guard let code = try object.optionalString("currency") else { return .create(currency: nil) }
        return .create(currency: try currency(code, in: .creation))
    }

    /// `{"sku", "quantity", "unitPrice": {"amount", "currency"}, "name"?, "attributes"?}`
    static func addition(_ body: JSONValue?) throws(RequestFlaw) -> CartCommand.Change {
        guard let body else { throw .missingBody }
        let object = try JSONObject(body, of: ["sku", "name", "quantity", "unitPrice", "attributes"])
        return .addLine(
            NewItem(
                sku: try object.string("sku"),
                name: try object.optionalString("name"),
                quantity: try object.integer("quantity"),
                unitPrice: try money(object, "unitPrice"),
                attributes: try attributes(object, "attributes")
            )
        )
    }

    /// `{"quantity"}`
    static func alteration(_ body: JSONValue?, of line: LineID) throws(RequestFlaw) -> CartCommand.Change {
        guard let body else { throw .missingBody }
        return .setQuantity(line, try JSONObject(body, of: ["quantity"]).integer("quantity"))
    }

    private static func money(_ object: JSONObject, _ name: String) throws(RequestFlaw) -> Money {
        let money = try JSONObject(
            try object.required(name),
            at: object.place(of: name),
            of: ["amount", "currency"]
        )
        return Money(
            minorUnits: try money.integer("amount"),
            currency: try currency(try money.string("currency"), in: .addition)
        )
    }

    private static func currency(_ code: String, in part: RequestPart) throws(RequestFlaw) -> Currency {
        do {
            return try Currency(code)
        } catch {
            throw .rejected(error, in: part)
        }
    }

    private static func attributes(_ object: JSONObject, _ name: String) throws(RequestFlaw) -> Attributes {
        guard let value = object.optional(name) else { return Attributes() }
        let pointer = object.place(of: name)
        guard case .object(let members) = value else {
            throw .wrongType(pointer, expected: "an object", actual: value.kind)
        }
        var pairs: [(key: String, value: String)] = []
        for member in members {
            guard case .string(let text) = member.value else {
                throw .wrongType(pointer[member.name], expected: "a string", actual: member.value.kind)
            }
            pairs.append((member.name, text))
        }
        return Attributes(pairs)
    }
}
