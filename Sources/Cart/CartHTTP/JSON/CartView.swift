import Cart

/// A cart that has contents, as it is shown.
enum PresentCart {
    case open(OpenCart)
    case checkedOut(OpenCart, CartOrder)
    case closing(OpenCart, Handover)

    /// Nil for one that has none.
    init?(_ state: CartState) {
        switch state {
        case .open(let cart): self = .open(cart)
        case .checkedOut(let cart, let order): self = .checkedOut(cart, order)
        case .closing(let cart, let handover): self = .closing(cart, handover)
        case .none, .merged, .deleted: return nil
        }
    }
}

/// A cart as clients see it.
struct CartView {
    let id: CartID
    let shown: PresentCart
    /// The cart's contents.
    let cart: OpenCart
    let version: UInt64
    /// Milliseconds that a cart is kept after its last change, unless it says itself.
    let retention: Int64
    /// The effect of each action, in the answer to a batch.
    var results: [CartOutcome.Effect]?

    init(
        id: CartID,
        shown: PresentCart,
        version: UInt64,
        retention: Int64,
        results: [CartOutcome.Effect]? = nil
    ) {
        self.id = id
        self.shown = shown
        self.version = version
        self.retention = retention
        self.results = results
        switch shown {
        case .open(let cart), .checkedOut(let cart, _), .closing(let cart, _): self.cart = cart
        }
    }

    /// The earliest time at which the cart may be forgotten if nothing changes. It may be later, because
    /// reads keep the cart too.
    var expiresAt: Timestamp? {
        let own = cart.expiresIn.map { Int64($0) * 1_000 }
        let (sum, overflow) = cart.updatedAt.milliseconds.addingReportingOverflow(own ?? retention)
        return overflow ? nil : Timestamp(milliseconds: sum)
    }

    /// About what it takes written; a common cart fits.
    var capacity: Int { 640 + cart.lines.count * 320 }
}

/// The remains of a cart.
enum GoneCart {
    case deleted(at: Timestamp)
    case merged(Handover, at: Timestamp)

    /// Nil for one that has contents or never was.
    init?(_ state: CartState) {
        switch state {
        case .deleted(let at, _, _, _): self = .deleted(at: at)
        case .merged(let cart): self = .merged(cart.handover, at: cart.at)
        case .none, .open, .checkedOut, .closing: return nil
        }
    }

    /// True if the remains are shown to a read.
    var isShown: Bool {
        switch self {
        case .deleted: false
        case .merged: true
        }
    }
}

/// The remains of a cart as clients see them, who ask for it or whose change it was.
struct GoneCartView {
    let id: CartID
    let version: UInt64
    let end: GoneCart
}
