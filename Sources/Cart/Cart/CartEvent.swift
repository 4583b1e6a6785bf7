/// A fact about a cart. Absolute, so that applying it needs no rule of the domain.
package enum CartEvent: Hashable, Sendable {
    /// The cart was created, empty.
    case created(currency: Currency?, at: Timestamp)
    /// A line was added at the end of the cart, priced in this currency, at the line's `addedAt`.
    case lineAdded(Line, currency: Currency)
    /// A line was given a name.
    case lineRenamed(LineID, name: String, at: Timestamp)
    /// A line now has this quantity.
    case quantityChanged(LineID, quantity: Int32, at: Timestamp)
    /// A line now has this unit price, in minor units of the cart's currency.
    case priceChanged(LineID, unitPrice: Int64, at: Timestamp)
    /// A line was removed.
    case lineRemoved(LineID, at: Timestamp)
    /// All lines were removed.
    case cleared(at: Timestamp)
    /// The cart, which has no lines, now has this currency.
    case currencyChanged(Currency, at: Timestamp)
    /// The cart now has these details and no others. Decided where a cart is created; older builds decided it
    /// wherever a detail changed.
    case detailsChanged(CartDetails, at: Timestamp)
    /// These details of the cart changed, the others stayed.
    case detailsPatched(DetailsChange, at: Timestamp)
    /// The cart was deleted.
    case deleted(at: Timestamp)
    /// The cart was ordered.
    case checkedOut(CartOrder)
    /// The order was cancelled, and the cart is open.
    case checkoutCancelled(at: Timestamp)
    /// The cart was closed, and its lines are another cart's to take.
    case handedOver(Handover, at: Timestamp)
    /// Nobody took the lines, and the cart is open.
    case handOverUndone(at: Timestamp)
    /// The lines were taken; only a pointer to the target is left.
    case handOverFinished(at: Timestamp)
    /// A merge into this cart was settled: its lines were taken by the events of the same decision, or never
    /// will be. The cart remembers it among `capacity` merges. No field that clients see changes, `updatedAt`
    /// included.
    case mergeSettled(MergeLog.Entry, capacity: Int, at: Timestamp)
    /// An operation was applied: by the events of the same decision, or by doing nothing where nothing was to
    /// be done. The cart remembers it within `capacity`. No field that clients see changes, `updatedAt`
    /// included.
    case operationApplied(AppliedOperation, capacity: OperationLog.Capacity, at: Timestamp)

    /// The time of the event, by the clock of the command's creator.
    package var at: Timestamp {
        switch self {
        case .created(_, let at), .lineRenamed(_, _, let at), .quantityChanged(_, _, let at),
            .priceChanged(_, _, let at), .lineRemoved(_, let at), .cleared(let at),
            .currencyChanged(_, let at), .detailsChanged(_, let at), .detailsPatched(_, let at),
            .deleted(let at), .checkoutCancelled(let at), .handedOver(_, let at), .handOverUndone(let at),
            .handOverFinished(let at), .mergeSettled(_, _, let at), .operationApplied(_, _, let at):
            at
        case .lineAdded(let line, _):
            line.addedAt
        case .checkedOut(let order):
            order.at
        }
    }
}
