/// A refusal by the domain. Nothing has changed; the same command on the same state is refused again.
package enum CartRejection: Error, Hashable, Sendable {
    /// No cart has this id.
    case cartNotFound
    /// The cart was deleted; only `create` makes the id usable again.
    case cartDeleted(at: Timestamp)
    /// The cart has no such line.
    case lineNotFound(LineID)
    /// The client meant version `expected` of the cart, which is at `actual`.
    case versionMismatch(expected: UInt64, actual: UInt64)
    /// The cart has another currency than the command.
    case currencyMismatch(cart: Currency, given: Currency)
    /// A field of the command is legal in no cart.
    case invalid(Field, FieldError)
    /// The change would bring the cart to `actual`, which is more than `maximum`.
    case limit(Limit, maximum: Int64, actual: Int64)

    /// The cart was ordered; it can only be deleted, or its order cancelled.
    case cartCheckedOut(order: OrderID)
    /// The cart has nothing to order.
    case cartEmpty
    /// The cart's lines went to another cart, or are about to, by the merge with this id of the client.
    case cartMerged(into: CartID, merge: String)
    /// This attempt at a merge was called off: it took nothing and never will.
    case mergeDeclined
    /// The merge to be called off has happened.
    case mergeTaken
    /// The merge may have been settled so many merges ago that the cart does not remember it.
    case mergeForgotten
    /// The cart is not closed for this merge.
    case mergeNotUnderWay
    /// The action of a batch at this index, from 0, is refused for this reason, and so is the whole batch.
    indirect case action(Int, CartRejection)

    /// The operation's key stands for another request that was applied to this cart.
    case operationReused
    /// The operation was applied, but so many operations ago that the cart no longer has its effect.
    case operationRetired

    /// A field of a client's request.
    package enum Field: Hashable, Sendable {
        /// The cart's id.
        case cartID
        /// A line's id.
        case lineID
        /// A currency code.
        case currency
        /// A line's SKU.
        case sku
        /// A line's name.
        case name
        /// A line's quantity.
        case quantity
        /// A line's unit price.
        case unitPrice
        /// The number of a line's attributes.
        case attributes
        /// The key of some attribute.
        case attributeKey
        /// The value of the attribute with this (legal) key.
        case attributeValue(key: String)
        /// A cart's note.
        case note
        /// A cart's customer.
        case customer
        /// A cart's e-mail address.
        case email
        /// The number of a cart's discount codes.
        case discountCodes
        /// The discount code at this index, from 0.
        case discountCode(Int)
        /// The time for which a cart is kept.
        case expiresIn
        /// The number of a batch's actions.
        case actions
        /// The number of lines to reduce.
        case takenLines
        /// The quantity to take out of the line at this index, from 0.
        case takenQuantity(Int)
        /// The version to be ordered.
        case version
        /// The cart that is merged into another.
        case mergeSource
        /// The client's id of a merge.
        case mergeID
    }

    /// The reason why a field is invalid.
    package enum FieldError: Hashable, Sendable {
        /// Empty where at least one character or part is required.
        case empty
        /// Longer than `maximum`, in the unit of the field's limit in `CartLimits`.
        case tooLong(maximum: Int, actual: Int)
        /// At this UTF-8 offset begins a character that the field may not have.
        case forbiddenCharacter(offset: Int)
        /// A number outside `minimum…maximum`.
        case outOfRange(minimum: Int64, maximum: Int64, actual: Int64)
        /// Not in the field's form.
        case malformed
        /// Well-formed, but names nothing (a currency that is not in use).
        case unknown
    }

    /// A limit that a change would exceed.
    package enum Limit: Hashable, Sendable, CaseIterable {
        /// Number of lines.
        case lines
        /// Quantity of one line after adding up.
        case quantity
        /// UTF-8 bytes of all attributes.
        case metadataBytes
        /// Attributes of the cart itself.
        case attributes
        /// Line ids in a cart's life: it never reuses one.
        case lineIDs
        /// The sum of the lines' totals, in minor units.
        case subtotal
    }
}
