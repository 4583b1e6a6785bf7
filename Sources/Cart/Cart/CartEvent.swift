/// What happened to a cart. Absolute, so that applying it needs no rule of the domain.
package enum CartEvent: Hashable, Sendable {
    /// A cart came into being, empty.
    case created(currency: Currency?, at: Timestamp)
    /// A line came to the end of the cart, priced in this currency, at the line's `addedAt`.
    case lineAdded(Line, currency: Currency)
    /// A line was given a name.
    case lineRenamed(LineID, name: String, at: Timestamp)
    /// A line now has this quantity.
    case quantityChanged(LineID, quantity: Int32, at: Timestamp)
    /// One of a line now costs so many minor units of the cart's currency.
    case priceChanged(LineID, unitPrice: Int64, at: Timestamp)
    /// A line is out of the cart.
    case lineRemoved(LineID, at: Timestamp)
    /// All lines are out of the cart.
    case cleared(at: Timestamp)
    /// These are the cart's details now.
    case detailsChanged(CartDetails, at: Timestamp)
    /// The cart is gone.
    case deleted(at: Timestamp)
    /// The cart is an order.
    case checkedOut(CartOrder)
    /// The cart is no order any more.
    case checkoutCancelled(at: Timestamp)
    /// The cart is closed, and its lines are another's to take.
    case handedOver(Handover, at: Timestamp)
    /// Nobody took the lines, and the cart is open.
    case handOverUndone(at: Timestamp)
    /// The lines were taken; a pointer is left of the cart.
    case handOverFinished(at: Timestamp)
    /// A merge into this cart was settled: its lines were taken by the events of the same decision, or never will be. It is
    /// remembered among so many. Nothing that a client sees of the cart, `updatedAt` included, is changed by it.
    case mergeSettled(MergeLog.Entry, capacity: Int, at: Timestamp)
    /// An operation was applied: by the events of the same decision, or by doing nothing where nothing was to be done. It
    /// is remembered in so much room. Nothing that a client sees of the cart, `updatedAt` included, is changed by it.
    case operationApplied(AppliedOperation, capacity: OperationLog.Capacity, at: Timestamp)

    /// When it happened, by the clock of the command's creator.
    package var at: Timestamp {
        switch self {
        case .created(_, let at), .lineRenamed(_, _, let at), .quantityChanged(_, _, let at),
            .priceChanged(_, _, let at), .lineRemoved(_, let at), .cleared(let at),
            .detailsChanged(_, let at), .deleted(let at), .checkoutCancelled(let at),
            .handedOver(_, let at), .handOverUndone(let at), .handOverFinished(let at),
            .mergeSettled(_, _, let at), .operationApplied(_, _, let at):
            at
        case .lineAdded(let line, _):
            line.addedAt
        case .checkedOut(let order):
            order.at
        }
    }
}
