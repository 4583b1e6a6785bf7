import Cart

/// The part of a request that a rejection is about, as the names of some fields depend on it.
enum RequestPart: Equatable {
    case creation
    case batch([CartCommand.Change])
    case action
    case currencyAction
    case mergeTarget
    case mergeSource
    case other

    init(_ change: CartCommand.Change) {
        switch change {
        case .create: self = .creation
        case .actions(let changes): self = .batch(changes)
        case _: self = .other
        }
    }

    /// The part that an action of a batch is.
    func action(at index: Int) -> RequestPart {
        guard case .batch(let changes) = self, changes.indices.contains(index),
            case .setCurrency = changes[index]
        else { return .action }
        return .currencyAction
    }

    var isAction: Bool { self == .action || self == .currencyAction }

    /// The name of the cart that says no; nil where the whole request is about it.
    var cart: Refusal.Field? { self == .mergeSource ? .named(.mergeSource) : nil }

    var currency: Refusal.FieldName {
        switch self {
        case .creation, .currencyAction: .cartCurrency
        case .batch, .action, .other: .priceCurrency
        case .mergeTarget, .mergeSource: .mergeSource
        }
    }

    func name(of field: CartRejection.Field) -> Refusal.Field {
        switch field {
        case .cartID: .named(.cart)
        case .lineID: .named(.line)
        case .currency: .named(currency)
        case .sku: .named(.sku)
        case .name: .named(.name)
        case .quantity: .named(.quantity)
        case .unitPrice: .named(.unitPrice)
        case .attributes, .attributeKey: .named(.attributes)
        case .attributeValue(let key): .element(.attribute, key)
        case .note: .named(.note)
        case .customer: .named(.customer)
        case .email: .named(.email)
        case .discountCodes: .named(.discountCodes)
        case .discountCode(let index): .element(.discountCode, String(index))
        case .expiresIn: .named(.expiresIn)
        // Of an action that may not be part of a batch: its kind.
        case .actions: .named(isAction ? .actionKind : .actions)
        case .takenLines: .named(.takenLines)
        case .takenQuantity(let index): .element(.takenQuantity, String(index))
        case .version: .named(.version)
        case .mergeSource: .named(.mergeSource)
        case .mergeID: .named(.mergeID)
        }
    }

    /// The field that reached the limit, if it was one.
    func name(of limit: CartRejection.Limit) -> Refusal.Field? {
        if self == .mergeTarget { return .named(.mergeSource) }
        return switch limit {
        case .quantity: .named(.quantity)
        case .metadataBytes, .attributes: .named(.attributes)
        case .lines, .lineIDs, .subtotal: nil
        }
    }
}
