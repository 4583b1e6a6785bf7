extension CartCommand {
    /// Refuses a command that no cart could accept, whatever its state: `invalid` for the first bad field.
    ///
    /// Each API calls it before the cart is looked for; `CartDecider.decide` calls it again, because a peer's
    /// command may come from another build.
    package func validate(_ limits: CartLimits) throws(CartRejection) {
        switch self {
        case .read, .readIfChanged:
            break
        case .change(let change, _, let expected, _), .dryRun(let change, _, let expected, _):
            try change.validate(limits, namesVersion: expected != nil)
        }
    }
}

extension CartCommand.Change {
    /// Refuses a change that no cart could accept, whatever its state: `invalid` for the first bad field.
    ///
    /// - Parameter namesVersion: true if the client says which version it expects, which a checkout requires.
    package func validate(_ limits: CartLimits, namesVersion: Bool) throws(CartRejection) {
        if case .checkOut = self, !namesVersion { throw .invalid(.version, .empty) }
        try validate(limits)
    }

    private func validate(_ limits: CartLimits) throws(CartRejection) {
        switch self {
        case .removeLine, .clear, .delete, .checkOut, .cancelCheckout, .takeOver, .finishHandOver,
            .declineMerge, .undoHandOver:
            break
        case .create(let currency, let seconds):
            if let currency { try currency.validate() }
            if let seconds { try check(seconds, .expiresIn, in: CartLimits.expiresIn) }
        case .addLine(let item):
            try item.validate(limits)
        case .setQuantity(_, let quantity):
            try check(quantity, .quantity, minimum: 0, maximum: Int64(limits.quantity))
        case .setDetails(let change):
            try change.validate(limits)
        case .setPrice(_, let price):
            try check(price.minorUnits, .unitPrice, minimum: 0, maximum: limits.unitPrice)
            try price.currency.validate()
        case .setCurrency(let currency):
            try currency.validate()
        case .takeOut(let quantities):
            try checkCount(quantities.count, .takenLines, maximum: limits.lines)
            for (index, part) in quantities.enumerated() {
                try check(part.quantity, .takenQuantity(index), minimum: 1, maximum: Int64(limits.quantity))
            }
        case .actions(let changes):
            try checkCount(changes.count, .actions, maximum: limits.actions)
            for (index, change) in changes.enumerated() {
                do throws(CartRejection) {
                    guard change.isAction else { throw .invalid(.actions, .unknown) }
                    try change.validate(limits)
                } catch {
                    throw .action(index, error)
                }
            }
        case .handOver(let mergeRequest, _):
            try mergeRequest.validate()
        }
    }

    /// True if it may be part of a batch.
    private var isAction: Bool {
        switch self {
        case .addLine, .setQuantity, .removeLine, .clear, .setDetails, .setPrice, .takeOut, .setCurrency: true
        case .create, .delete, .actions, .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver,
            .declineMerge, .undoHandOver:
            false
        }
    }
}

extension MergeRequest {
    /// Refuses a merge request that no cart could grant.
    package func validate() throws(CartRejection) {
        try AllowedCharacters.cartID.check(id, .mergeID, maximum: CartID.maximumLength)
        guard source != target else { throw .invalid(.mergeSource, .malformed) }
    }
}

extension Currency {
    fileprivate func validate() throws(CartRejection) {
        guard isActive else { throw .invalid(.currency, .unknown) }
    }
}

extension NewItem {
    fileprivate func validate(_ limits: CartLimits) throws(CartRejection) {
        try checkText(sku, .sku, maximum: limits.skuBytes)
        if let name {
            guard !name.isEmpty else { throw .invalid(.name, .empty) }
            try ReadableText.check(name, .name, maximum: limits.nameBytes)
        }
        try check(quantity, .quantity, minimum: 1, maximum: Int64(limits.quantity))
        try check(unitPrice.minorUnits, .unitPrice, minimum: 0, maximum: limits.unitPrice)
        try unitPrice.currency.validate()
        guard attributes.count <= limits.attributes else {
            throw .invalid(.attributes, .tooLong(maximum: limits.attributes, actual: attributes.count))
        }
        for entry in attributes.entries {
            try AllowedCharacters.attributeKey.check(
                entry.key,
                .attributeKey,
                maximum: limits.attributeKeyLength
            )
            let field = CartRejection.Field.attributeValue(key: entry.key)
            try ReadableText.check(entry.value, field, maximum: limits.attributeValueBytes)
        }
    }
}

extension DetailsChange {
    fileprivate func validate(_ limits: CartLimits) throws(CartRejection) {
        if case .set(let note) = note {
            try checkText(note, .note, maximum: limits.noteBytes, allowsLineFeeds: true)
        }
        if case .set(let customer) = customer {
            try checkText(customer, .customer, maximum: limits.customerBytes)
        }
        if case .set(let email) = email { try EmailAddress.check(email) }
        if case .set(let patches) = attributes {
            // More than a cart may have are of no use, as each key is named once.
            let most = limits.attributes * 2
            guard patches.count <= most else {
                throw .invalid(.attributes, .tooLong(maximum: most, actual: patches.count))
            }
            for patch in patches {
                try AllowedCharacters.attributeKey.check(
                    patch.key,
                    .attributeKey,
                    maximum: limits.attributeKeyLength
                )
                guard let value = patch.value else { continue }
                let field = CartRejection.Field.attributeValue(key: patch.key)
                try ReadableText.check(value, field, maximum: limits.attributeValueBytes)
            }
        }
        if case .set(let codes) = discountCodes {
            guard codes.count <= limits.discountCodes else {
                let fieldError = CartRejection.FieldError.tooLong(
                    maximum: limits.discountCodes,
                    actual: codes.count
                )
                throw .invalid(.discountCodes, fieldError)
            }
            for (index, code) in codes.enumerated() {
                try checkText(code, .discountCode(index), maximum: limits.discountCodeBytes)
            }
        }
        if case .set(let seconds) = expiresIn { try check(seconds, .expiresIn, in: CartLimits.expiresIn) }
    }
}

private func checkText(
    _ text: String,
    _ field: CartRejection.Field,
    maximum: Int,
    allowsLineFeeds: Bool = false
) throws(CartRejection) {
    guard !text.isEmpty else { throw .invalid(field, .empty) }
    try ReadableText.check(text, field, maximum: maximum, allowsLineFeeds: allowsLineFeeds)
}

private func check(
    _ number: Int64,
    _ field: CartRejection.Field,
    minimum: Int64,
    maximum: Int64
) throws(CartRejection) {
    guard number >= minimum, number <= maximum else {
        throw .invalid(field, .outOfRange(minimum: minimum, maximum: maximum, actual: number))
    }
}

private func check(
    _ number: Int64,
    _ field: CartRejection.Field,
    in range: ClosedRange<Int64>
) throws(CartRejection) {
    try check(number, field, minimum: range.lowerBound, maximum: range.upperBound)
}

/// Checks the number of parts where at least one is required.
private func checkCount(
    _ count: Int,
    _ field: CartRejection.Field,
    maximum: Int
) throws(CartRejection) {
    guard count > 0 else { throw .invalid(field, .empty) }
    guard count <= maximum else { throw .invalid(field, .tooLong(maximum: maximum, actual: count)) }
}
