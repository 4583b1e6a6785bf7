/// The state of one cart id: commands are decided on it, and it is stored.
///
/// The rarer states are kept behind a pointer, so that they do not make the others larger.
package enum CartState: Hashable, Sendable {
    /// It was never created, or its stored state expired. Can become `open`.
    case none
    /// It exists. Can become `checkedOut`, `closing` and `deleted`.
    case open(OpenCart)
    /// It was ordered as it is. Can become `open`, when the order is cancelled, and `deleted`.
    indirect case checkedOut(OpenCart, CartOrder)
    /// Its lines are another cart's to take, and nobody changes them. Can become `merged`, or `open` if they
    /// are not taken.
    indirect case closing(OpenCart, Handover)
    /// Another cart took its lines; it points there. Can become `deleted`.
    indirect case merged(MergedCart)
    /// It was deleted at this time, and clients do not see it. Keeps the highest line id given out, so that a
    /// cart created again under this id does not reuse any, and the operations and merges, which may be
    /// repeated. Can become `open`.
    case deleted(
        at: Timestamp,
        lastLine: LineID,
        operations: OperationLog? = nil,
        merges: MergeLog = MergeLog()
    )

    /// The contents of an open cart.
    package var cart: OpenCart? {
        switch self {
        case .open(let cart): cart
        case .none, .checkedOut, .closing, .merged, .deleted: nil
        }
    }

    /// The contents, if it has any: open, ordered, or on the way to another cart.
    package var contents: OpenCart? {
        switch self {
        case .open(let cart), .checkedOut(let cart, _), .closing(let cart, _): cart
        case .none, .merged, .deleted: nil
        }
    }

    /// The highest line id ever given out; the next line gets a higher one.
    var lastLine: LineID {
        switch self {
        case .none: LineID(0)
        case .open(let cart), .checkedOut(let cart, _), .closing(let cart, _): cart.lastLine
        case .merged(let merged): merged.lastLine
        case .deleted(_, let lastLine, _, _): lastLine
        }
    }

    /// The operations that were applied to it; nil if there were none.
    package var operations: OperationLog? {
        switch self {
        case .none: nil
        case .open(let cart), .checkedOut(let cart, _), .closing(let cart, _): cart.operations
        case .merged(let merged): merged.operations
        case .deleted(_, _, let operations, _): operations
        }
    }

    /// The merges into it that were settled.
    package var merges: MergeLog {
        switch self {
        case .none: MergeLog()
        case .open(let cart), .checkedOut(let cart, _), .closing(let cart, _): cart.merges
        case .merged(let merged): merged.merges
        case .deleted(_, _, _, let merges): merges
        }
    }
}
