/// The domain saying no. Nothing has changed; the same command on the same state is refused again.
package enum CartRejection: Error, Hashable, Sendable {
    /// No cart has this id.
    case cartNotFound
    /// The cart is gone; only `create` brings the id back.
    case cartDeleted(at: Timestamp)
    /// The cart has no such line.
    case lineNotFound(LineID)
    /// The client meant version `expected` of the cart, which is at `actual`.
    case versionMismatch(expected: UInt64, actual: UInt64)
    /// The cart counts in another currency than the command.
    case currencyMismatch(cart: Currency, given: Currency)
    /// A field of the command can be in no cart whatsoever.
    case invalid(Field, FieldError)
    /// The change would bring the cart to `actual`, which is more than `maximum`.
    case limit(Limit, maximum: Int64, actual: Int64)

    /// The cart was ordered; only to cancel that or to delete the cart is possible.
    case cartCheckedOut(order: OrderID)
    /// There is nothing in the cart to order.
    case cartEmpty
    /// The cart's lines went to another cart, or are about to, by the merge that the client calls so.
    case cartMerged(into: CartID, merge: String)
    /// This attempt at a merge was called off before: it took nothing and never will.
    case mergeDeclined
    /// The merge to be called off has come about.
    case mergeTaken
    /// The merge may have been made so many merges ago that the cart does not know.
    case mergeForgotten
    /// The cart is not closed for this merge.
    case mergeNotUnderWay
    /// The action of a batch that stands at this place, from 0, is refused so, and therefore all.
    indirect case action(Int, CartRejection)

    /// The operation's key stands for another request that was applied to this cart.
    case operationReused
    /// The operation's key is known, but not any more what came of it. It was applied.
    case operationRetired

    /// What a client gives.
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
        /// How many discount codes a cart has.
        case discountCodes
        /// The discount code at this place, from 0.
        case discountCode(Int)
        /// How long a cart is kept.
        case expiresIn
        /// How many actions a batch has.
        case actions
        /// How many lines something is taken out of.
        case takenLines
        /// How many are taken out of the line at this place, from 0.
        case takenQuantity(Int)
        /// The version that is to be ordered.
        case version
        /// The cart that is merged into another.
        case mergeSource
        /// What a client calls a merge.
        case mergeID
    }

    /// What is wrong with a field.
    package enum FieldError: Hashable, Sendable {
        /// It must have at least one character.
        case empty
        /// Longer than `maximum`, in the unit of the field's limit in `CartLimits`.
        case tooLong(maximum: Int, actual: Int)
        /// The UTF-8 byte at this offset begins a character that the field may not have.
        case forbiddenCharacter(offset: Int)
        /// A number outside of `minimum…maximum`.
        case outOfRange(minimum: Int64, maximum: Int64, actual: Int64)
        /// Not of the field's form at all.
        case malformed
        /// Well-formed, but naming nothing (a currency that is not in use).
        case unknown
    }

    /// What a cart has only so much of.
    package enum Limit: Hashable, Sendable, CaseIterable {
        /// Lines at a time.
        case lines
        /// Quantity of one line after adding up.
        case quantity
        /// UTF-8 bytes of all attributes.
        case metadataBytes
        /// Attributes of the cart itself.
        case attributes
        /// Line ids in a cart's life: it never reuses one.
        case lineIDs
    }
}
