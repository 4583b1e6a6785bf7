extension CartCommand {
    /// Refuses a command that no cart could accept, whatever its state: `invalid` for the first bad field.
    ///
    /// A face asks before the cart is looked for; `CartDecider.decide` asks again, as a peer's command may not have
    /// passed a face of this build.
    package func validate(_ limits: CartLimits) throws(CartRejection) {
        switch self {
        case .read, .change(.removeLine, _, _, _), .change(.clear, _, _, _), .change(.delete, _, _, _):
            break
        case .change(.create(let currency), _, _, _):
            if let currency { try currency.validate() }
        case .change(.addLine(let item), _, _, _):
            try item.validate(limits)
        case .change(.setQuantity(_, let quantity), _, _, _):
            try check(quantity, .quantity, 0, Int64(limits.quantity))
        }
    }
}

extension Currency {
    fileprivate func validate() throws(CartRejection) {
        guard isActive else { throw .invalid(.currency, .unknown) }
    }
}

extension NewItem {
    fileprivate func validate(_ limits: CartLimits) throws(CartRejection) {
        try Alphabet.sku.check(sku, .sku, maximum: limits.skuLength)
        if let name {
            guard !name.isEmpty else { throw .invalid(.name, .empty) }
            try ReadableText.check(name, .name, maximum: limits.nameBytes)
        }
        try check(quantity, .quantity, 1, Int64(limits.quantity))
        try check(unitPrice.minorUnits, .unitPrice, 0, limits.unitPrice)
        try unitPrice.currency.validate()
        guard attributes.count <= limits.attributes else {
            throw .invalid(.attributes, .tooLong(maximum: limits.attributes, actual: attributes.count))
        }
        for entry in attributes.entries {
            try Alphabet.attributeKey.check(entry.key, .attributeKey, maximum: limits.attributeKeyLength)
            let field = CartRejection.Field.attributeValue(key: entry.key)
            try ReadableText.check(entry.value, field, maximum: limits.attributeValueBytes)
        }
    }
}

private func check(
    _ number: Int64,
    _ field: CartRejection.Field,
    _ minimum: Int64,
    _ maximum: Int64
) throws(CartRejection) {
    guard number >= minimum, number <= maximum else {
        throw .invalid(field, .outOfRange(minimum: minimum, maximum: maximum, actual: number))
    }
}
