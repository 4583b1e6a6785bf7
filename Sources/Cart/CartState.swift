/// All that is known of one cart id: the state that commands are decided on and that is stored.
package enum CartState: Hashable, Sendable {
    /// Nobody created it, or its stored state expired. Can become `open`.
    case none
    /// It exists. Can become `deleted`.
    case open(OpenCart)
    /// It was deleted at a time and is gone for clients. Keeps the highest line id given out, so that a cart created
    /// anew under this id does not reuse any, and the operations, which may come again. Can become `open`.
    case deleted(at: Timestamp, lastLine: LineID, operations: OperationLog? = nil)

    /// The contents, while it is open.
    package var cart: OpenCart? {
        switch self {
        case .open(let cart): cart
        case .none, .deleted: nil
        }
    }

    /// What the line that is added next must exceed.
    var lastLine: LineID {
        switch self {
        case .none: LineID(0)
        case .open(let cart): cart.lastLine
        case .deleted(_, let lastLine, _): lastLine
        }
    }

    /// The operations that were applied to it; nil if there were none.
    package var operations: OperationLog? {
        switch self {
        case .none: nil
        case .open(let cart): cart.operations
        case .deleted(_, _, let operations): operations
        }
    }
}
