/// All that is known of one cart id: the state that commands are decided on and that is stored.
package enum CartState: Hashable, Sendable {
    /// Nobody created it, or its stored state expired. Can become `open`.
    case none
    /// It exists. Can become `deleted`.
    case open(OpenCart)
    /// It was deleted at a time and is gone for clients. Keeps the highest line id given out, so that a cart created
    /// anew under this id does not reuse any. Can become `open`.
    case deleted(at: Timestamp, lastLine: LineID)

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
        case .deleted(_, let lastLine): lastLine
        }
    }
}
