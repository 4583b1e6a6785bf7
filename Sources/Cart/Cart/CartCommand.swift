/// What a client wants of a cart. Carries whatever its creator generated: deciding reads no clock and draws
/// no number.
package enum CartCommand: Hashable, Sendable {
    /// Show me the cart as it is committed.
    case read
    /// Show the cart unless it is at this version, which the asker has. Another version, not only a newer
    /// one: where the store lost data, a cart may be at an older one. `announced` is the newest version that
    /// the asker has heard of: an owner that is committing it answers when that commit is done.
    case readIfChanged(since: UInt64, announced: UInt64?)
    /// Change the cart at this time, if it is at the version that the client expects (`If-Match`; nil: at
    /// any), and if this operation (`Idempotency-Key`; nil: none) was not applied to it before.
    case change(Change, at: Timestamp, expected: UInt64? = nil, operation: CartOperation? = nil)
    /// Tell me what you would say to this change, and do not make it. The committed state answers.
    case dryRun(Change, at: Timestamp, expected: UInt64? = nil, operation: CartOperation? = nil)

    /// What is to be changed.
    package enum Change: Hashable, Sendable {
        /// Bring the cart into being. An open cart is left as it is, unless it counts in another currency;
        /// one whose currency is not set yet stays so, and the outcome shows it. After a deletion, a new
        /// empty cart.
        /// - expiresIn: how long it is kept after its last use, in seconds (60 … 315 360 000); nil: by
        ///   default.
        case create(currency: Currency?, expiresIn: Int64? = nil)
        /// More of the line with the same SKU, unit price and attributes if there is one (and its name, if
        /// the item has one), otherwise a new line at the end. The first sets the cart's currency if it has
        /// none.
        case addLine(NewItem)
        /// So many and no more; 0 removes the line. The present quantity: no event.
        case setQuantity(LineID, Int64)
        /// Take the line out.
        case removeLine(LineID)
        /// Take all lines out. Nothing to take out: no event.
        case clear
        /// End the cart. Of a deleted cart: accepted without events at whatever expected version, as what was
        /// asked for has come to pass (RFC 9110, 13.1.1), and the outcome is `unchanged`. Of a cart that
        /// never was: not found. Of one whose lines are on the way to another: refused.
        case delete
        /// Say this of the cart. Nothing new in it: no event.
        case setDetails(DetailsChange)
        /// One of this line costs so much from now on. Who may say so is not the domain's business.
        case setPrice(LineID, Money)
        /// Take so many out of these lines, of each at most what is there: what was ordered elsewhere. Lines
        /// that the cart does not have count as taken out.
        case takeOut([LineQuantity])
        /// All of these in this order, or none. What is none of the above, but creation and deletion, is
        /// refused.
        case actions([Change])
        /// Make an order of the cart as it is at the expected version, which must be given. Again at the same
        /// expected version: accepted without events, and the outcome is `unchanged`. An empty cart is
        /// refused.
        case checkOut(OrderID)
        /// Undo the order, so that the cart can be changed. There is none: no event.
        case cancelCheckout
        /// First step of a merge, to the source: close it, so that its lines stay what they are until they
        /// are taken.
        case handOver(MergeRequest, basis: UInt64)
        /// Second step, to the target: take these lines, priced in this currency, once.
        case takeOver(MergeOffer, MergeStrategy, lines: [Line], currency: Currency?)
        /// Third step, to the source: the lines were taken, only the pointer stays.
        case finishHandOver(MergeOffer)
        /// First step back, to the target: never take this offer.
        case declineMerge(MergeOffer)
        /// Second step back, to the source: the offer was declined, open it again.
        case undoHandOver(MergeOffer)
    }

    /// Whether it leaves every cart as it is, so that the committed state answers it.
    package var isRead: Bool {
        switch self {
        case .read, .readIfChanged, .dryRun: true
        case .change: false
        }
    }

    /// The change that it asks for or about; nil for a read.
    package var change: Change? {
        switch self {
        case .read, .readIfChanged: nil
        case .change(let change, _, _, _), .dryRun(let change, _, _, _): change
        }
    }

    /// The same, of a client that never sends anything twice.
    package var withoutOperation: CartCommand {
        switch self {
        case .read, .readIfChanged: self
        case .change(let change, let at, let expected, _): .change(change, at: at, expected: expected)
        case .dryRun(let change, let at, let expected, _): .dryRun(change, at: at, expected: expected)
        }
    }

    /// The operation that the client makes of it, if it does.
    package var operation: CartOperation? {
        switch self {
        case .read, .readIfChanged: nil
        case .change(_, _, _, let operation), .dryRun(_, _, _, let operation): operation
        }
    }

    /// The version of the cart that the asker of a read has; nil where it is to be shown in any case.
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

    /// Whether a cart that does not exist may be brought into being by it: only by `create`.
    package var mayCreate: Bool {
        switch self {
        case .change(.create, _, _, _): true
        case .read, .readIfChanged, .dryRun, .change: false
        }
    }
}

/// So many of one line.
package struct LineQuantity: Hashable, Sendable {
    /// Which line.
    package let line: LineID
    /// How many: 1…9 999. Wide, so that what a client sends arrives here and is refused here.
    package let quantity: Int64

    /// So many of a line.
    package init(_ line: LineID, _ quantity: Int64) {
        self.line = line
        self.quantity = quantity
    }
}
