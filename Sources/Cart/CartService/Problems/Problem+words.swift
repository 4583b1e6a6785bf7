import Cart

// How what was refused is called in a problem.

extension Problem {
    static func detail(_ kind: JSONError.Kind) -> String {
        switch kind {
        case .syntax(let offset): "not JSON at byte \(offset)"
        case .duplicate: "the name occurs twice"
        case .tooDeep: "nested too deep"
        case .tooManyMembers: "too many members"
        }
    }

    static func detail(_ flaw: CartRejection.FieldError) -> String {
        switch flaw {
        case .empty: "it must not be empty"
        case .tooLong(let maximum, let actual): "at most \(maximum), found \(actual)"
        case .forbiddenCharacter(let offset): "a character that it may not have, at byte \(offset)"
        case .outOfRange(let minimum, let maximum, let actual): "\(minimum) to \(maximum), found \(actual)"
        case .malformed: "not of its form"
        case .unknown: "well formed, but nothing is known by it"
        }
    }

    static func name(_ field: CartRejection.Field, in part: FieldLocation) -> String {
        switch field {
        case .cartID: "id"
        case .lineID: "lineId"
        case .currency: part.currency
        case .sku: "/sku"
        case .name: "/name"
        case .quantity: "/quantity"
        case .unitPrice: "/unitPrice/amount"
        case .attributes, .attributeKey: "/attributes"
        case .attributeValue(let key): JSONPointer()["attributes"][key].text
        case .note: "/note"
        case .customer: "/customerId"
        case .email: "/email"
        case .discountCodes: "/discountCodes"
        case .discountCode(let index): "/discountCodes/\(index)"
        case .expiresIn: "/expiresInSeconds"
        // Of an action that may not be part of a batch: which one it is.
        case .actions: part == .action ? "/action" : "/actions"
        case .takenLines: "/lines"
        case .takenQuantity(let index): "/lines/\(index)/quantity"
        case .version: "/version"
        case .mergeSource: "/from"
        case .mergeID: "/mergeId"
        }
    }

    static func name(_ limit: CartRejection.Limit) -> String {
        switch limit {
        case .lines: "lines of a cart"
        case .quantity: "quantity of a line"
        case .metadataBytes: "bytes of all attributes of a cart"
        case .lineIDs: "lines ever added to a cart"
        case .attributes: "attributes of a cart"
        }
    }

    /// The field that reached the limit, if it was one.
    static func pointer(_ limit: CartRejection.Limit) -> String? {
        switch limit {
        case .quantity: "/quantity"
        case .metadataBytes, .attributes: "/attributes"
        case .lines, .lineIDs: nil
        }
    }
}

extension FieldLocation {
    /// Where the cart is named that says no, if that is not the path.
    var cart: String? {
        switch self {
        case .mergeSource: "/from"
        case .path, .creation, .addition, .alteration, .details, .pricing, .takingOut, .actions, .action,
            .checkout, .merge:
            nil
        }
    }

    /// Where the currency stands.
    var currency: String {
        switch self {
        case .creation, .path: "/currency"
        case .addition, .alteration, .details, .pricing, .takingOut, .actions, .action, .checkout:
            "/unitPrice/currency"
        case .merge, .mergeSource: "/from"
        }
    }
}
