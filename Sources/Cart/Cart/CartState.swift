/// All that is known of one cart id: the state that commands are decided on and that is stored.
///
/// The states that few carts are in are kept behind a pointer, so that they do not make the others larger.
package enum CartState: Hashable, Sendable {
    /// Nobody created it, or its stored state expired. Can become `open`.
    case none
    /// It exists. Can become `checkedOut`, `closing` and `deleted`.
    case open(OpenCart)
    /// It was ordered as it is. Can become `open`, when that is cancelled, and `deleted`.
    indirect case checkedOut(OpenCart, CartOrder)
    /// Its lines are another cart's to take, and nobody changes them. Can become `merged`, or `open` if nobody took them.
    indirect case closing(OpenCart, Handover)
    /// Another cart took its lines; it points there. Can become `deleted`.
    indirect case merged(MergedCart)
    /// It was deleted at a time and is gone for clients. Keeps the highest line id given out, so that a cart created
    /// anew under this id does not reuse any, and the operations and merges, which may come again. Can become `open`.
    case deleted(
        at: Timestamp,
        lastLine: LineID,
        operations: OperationLog? = nil,
        merges: MergeLog = MergeLog()
    )

    /// The contents, while it is open.
    package var cart: OpenCart? {
        switch self {
        case .open(let cart): cart
        case .none, .checkedOut, .closing, .merged, .deleted: nil
        }
    }

    /// The contents, while it has any: open, ordered, or on the way to another cart.
    package var contents: OpenCart? {
        switch self {
        case .open(let cart), .checkedOut(let cart, _), .closing(let cart, _): cart
        case .none, .merged, .deleted: nil
        }
    }

    /// What the line that is added next must exceed.
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
