import Cart
import CartApplication
import CartProtobuf

extension CartRPCService {
    func detailsChange(_ request: ServedSetDetailsRequest, _ context: CallContext) throws(Refusal)
        -> ChangeRequest
    {
        guard request.hasDetails else { throw Refusal(.missingField("details")) }
        return try ChangeRequest(
            request.cartID,
            by: .setDetails(try DetailsChange(request.details)),
            under: request.terms,
            context
        )
    }

    func pricing(_ request: ServedSetPriceRequest, _ context: CallContext) throws(Refusal) -> ChangeRequest {
        let price = try Self.money(request.unitPrice, isThere: request.hasUnitPrice)
        return try ChangeRequest(
            request.cartID,
            by: .setPrice(try LineID(request: request.lineID), price),
            under: request.terms,
            context
        )
    }

    func takingOut(_ request: ServedTakeOutRequest, _ context: CallContext) throws(Refusal) -> ChangeRequest {
        try ChangeRequest(
            request.cartID,
            by: try Self.takingOut(request.lines),
            under: request.terms,
            context
        )
    }

    func batch(_ request: ServedActRequest, _ context: CallContext) throws(Refusal) -> ChangeRequest {
        var changes: [CartCommand.Change] = []
        for (index, action) in request.actions.enumerated() {
            do throws(Refusal) {
                changes.append(try Self.change(action))
            } catch {
                throw error.of(action: index)
            }
        }
        return try ChangeRequest(request.cartID, by: .actions(changes), under: request.terms, context)
    }

    func checkout(_ request: ServedCheckoutRequest, _ context: CallContext) throws(Refusal) -> ChangeRequest {
        var context = try context.under(request.terms)
        if request.version > 0 {
            guard context.precondition.admits(request.version) else {
                throw Refusal(.invalidValue("version", expected: "the version of terms.expected_version"))
            }
            context = context.ordering(request.version)
        }
        let change = CartCommand.Change.checkOut(application.newOrderID())
        return ChangeRequest(try CartID(request: request.cartID), by: change, context: context)
    }

    private static func change(_ action: ServedAction) throws(Refusal) -> CartCommand.Change {
        switch action.action {
        case .addLine(let line):
            let item = NewItem(
                sku: line.sku,
                name: line.name.isEmpty ? nil : line.name,
                quantity: line.quantity,
                unitPrice: try money(line.unitPrice, isThere: line.hasUnitPrice),
                attributes: Attributes(line.attributes.map { (key: $0.key, value: $0.value) })
            )
            return .addLine(item)
        case .setQuantity(let part): return .setQuantity(try LineID(request: part.lineID), part.quantity)
        case .removeLine(let part): return .removeLine(try LineID(request: part.lineID))
        case .clear: return .clear
        case .setDetails(let patch): return .setDetails(try DetailsChange(patch))
        case .setPrice(let part):
            return .setPrice(
                try LineID(request: part.lineID),
                try money(part.unitPrice, isThere: part.hasUnitPrice)
            )
        case .takeOut(let part): return try takingOut(part.lines)
        case .setCurrency(let part): return .setCurrency(try currency(part.currency))
        case .none: throw Refusal(.missingField, "must be one of those that this node knows")
        }
    }

    private static func takingOut(_ parts: [ServedLineQuantity]) throws(Refusal) -> CartCommand.Change {
        var quantities: [LineQuantity] = []
        for part in parts { quantities.append(LineQuantity(try LineID(request: part.lineID), part.quantity)) }
        return .takeOut(quantities)
    }
}

extension DetailsChange {
    /// - Throws: where attributes are to be taken out and set at once.
    fileprivate init(_ patch: ServedDetailsPatch) throws(Refusal) {
        self.init()
        if patch.hasNote { note = Self.text(patch.note) }
        if patch.hasCustomerID { customer = Self.text(patch.customerID) }
        if patch.hasEmail { email = Self.text(patch.email) }
        let patches =
            patch.removedAttributes.filter { patch.attributes[$0] == nil }
            .map { AttributePatch(key: $0, value: nil) }
            + patch.attributes.map { AttributePatch(key: $0.key, value: $0.value) }
        if patch.withoutAttributes {
            guard patches.isEmpty else {
                throw Refusal(
                    .invalidValue("without_attributes", expected: "false where single attributes are given")
                )
            }
            attributes = .unset
        } else if !patches.isEmpty {
            attributes = .set(patches)
        }
        if patch.hasDiscountCodes { discountCodes = .set(patch.discountCodes.codes) }
        if patch.hasExpiresInSeconds {
            expiresIn = patch.expiresInSeconds == 0 ? .unset : .set(patch.expiresInSeconds)
        }
    }

    private static func text(_ text: String) -> Patch<String> { text.isEmpty ? .unset : .set(text) }
}
