/// A client's request to one cart. It carries everything that its creator generated: deciding reads no clock
/// and draws no random number.
package enum CartCommand: Hashable, Sendable {
    /// Shows the cart as it is committed.
    case read
    /// Shows the cart unless it is at this version, which the asker has. Another version, not only a newer
    /// one: where the store lost data, a cart may be at an older one. `announced` is the newest version that
    /// the asker has heard of: an owner that is committing it answers when that commit is done.
    case readIfChanged(since: UInt64, announced: UInt64?)
    /// Changes the cart at this time, if it is at the version that the client expects (nil: at any), and if
    /// this operation (nil: none) was not applied to it before.
    case change(Change, at: Timestamp, expected: UInt64? = nil, operation: CartOperation? = nil)
    /// Answers as the change would, on the committed state, and changes nothing.
    case dryRun(Change, at: Timestamp, expected: UInt64? = nil, operation: CartOperation? = nil)

    /// A change of a cart.
    package enum Change: Hashable, Sendable {
        /// Creates the cart. An open cart is left as it is, unless it has another currency; one whose
        /// currency is not set yet stays so, and the outcome shows it. After a deletion, a new empty cart, if no
        /// version is expected or version 0: there is no cart that could have another.
        /// - expiresIn: seconds for which the cart is kept after its last use (60…315 360 000); nil: the
        ///   default.
        case create(currency: Currency?, expiresIn: Int64? = nil)
        /// Adds to the line with the same SKU, unit price and attributes if there is one (and renames it, if
        /// the item has a name), otherwise adds a new line at the end. The first line sets the cart's
        /// currency if it has none.
        case addLine(NewItem)
        /// Sets the quantity of a line; 0 removes it. The present quantity: no event.
        case setQuantity(LineID, Int64)
        /// Removes the line.
        case removeLine(LineID)
        /// Removes all lines; the cart keeps its currency. An empty cart: no event.
        case clear
        /// Deletes the cart. A deleted cart: accepted without events at whatever expected version, as what
        /// was asked for has come to pass (RFC 9110, 13.1.1), and the outcome is `unchanged`. A cart that
        /// never existed: not found. A cart whose lines are on the way to another: refused.
        case delete
        /// Changes the details of the cart. Nothing new: no event.
        case setDetails(DetailsChange)
        /// Sets the unit price of a line. Authorization is not the domain's business.
        case setPrice(LineID, Money)
        /// Reduces these lines by these quantities, each at most to nothing: they were ordered elsewhere.
        /// Lines that the cart does not have count as removed.
        case takeOut([LineQuantity])
        /// Sets the currency of a cart without lines. The present currency: no event. A cart with lines in
        /// another currency: refused.
        case setCurrency(Currency)
        /// Makes all of these changes in this order, or none. Only the changes above may be among them,
        /// without creation and deletion; others are refused.
        case actions([Change])
        /// Makes an order of the cart as it is at the expected version, which must be given. Again at the
        /// same expected version: accepted without events, and the outcome is `unchanged`. An empty cart is
        /// refused.
        case checkOut(OrderID)
        /// Cancels the order, so that the cart can be changed. No order: no event.
        case cancelCheckout
        /// First step of a merge, to the source: closes it, so that its lines do not change until they are
        /// taken.
        case handOver(MergeRequest, basis: UInt64)
        /// Second step, to the target: takes these lines, priced in this currency, once.
        case takeOver(MergeOffer, MergeStrategy, lines: [Line], currency: Currency?)
        /// Third step, to the source: the lines were taken; only a pointer to the target stays.
        case finishHandOver(MergeOffer)
        /// First step back, to the target: never takes this offer.
        case declineMerge(MergeOffer)
        /// Second step back, to the source: the offer was declined; opens the cart again.
        case undoHandOver(MergeOffer)
    }

    /// True if it changes no cart, so that the committed state answers it.
    package var isRead: Bool {
        switch self {
        case .read, .readIfChanged, .dryRun: true
        case .change: false
        }
    }

    /// The change that it makes or tries; nil for a read.
    package var change: Change? {
        switch self {
        case .read, .readIfChanged: nil
        case .change(let change, _, _, _), .dryRun(let change, _, _, _): change
        }
    }

    /// The same command without an idempotency key.
    package var withoutOperation: CartCommand {
        switch self {
        case .read, .readIfChanged: self
        case .change(let change, let at, let expected, _): .change(change, at: at, expected: expected)
        case .dryRun(let change, let at, let expected, _): .dryRun(change, at: at, expected: expected)
        }
    }

    /// The operation under which the client may repeat it, if any.
    package var operation: CartOperation? {
        switch self {
        case .read, .readIfChanged: nil
        case .change(_, _, _, let operation), .dryRun(_, _, _, let operation): operation
        }
    }

    /// The version that the asker of a read has; nil where the cart is to be shown in any case.
    package var knownVersion: UInt64? {
        switch self {
        case .readIfChanged(let known, _): known
        case .read, .dryRun, .change: nil
        }
    }

    /// The version that the asker of a read has heard of; nil for none.
    package var announcedVersion: UInt64? {
        switch self {
        case .readIfChanged(_, let announced): announced
        case .read, .dryRun, .change: nil
        }
    }

    /// True if it may create a cart that does not exist: only `create` does.
    package var mayCreate: Bool {
        switch self {
        case .change(.create, _, _, _): true
        case .read, .readIfChanged, .dryRun, .change: false
        }
    }
}

/// A quantity of one line.
package struct LineQuantity: Hashable, Sendable {
    /// The line.
    package let line: LineID
    /// 1…9 999. Wider than needed, so that an illegal value of a client reaches validation.
    package let quantity: Int64

    /// A quantity of a line; `CartCommand.validate` checks it.
    package init(_ line: LineID, _ quantity: Int64) {
        self.line = line
        self.quantity = quantity
    }
}
