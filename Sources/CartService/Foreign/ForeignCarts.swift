package import Cart
import Hosting

/// Carts as shops have them that know no creation: a user's cart is there as soon as something is put into it.
package struct ForeignCarts<Asker: CartAsking>: Sendable {
    private let asker: Asker
    private let space: NameSpace
    private let limits: CartLimits
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - limits: the same as the host's decider has.
    ///   - now: the wall clock, by which commands are dated.
    package init(
        _ space: NameSpace,
        asker: Asker,
        limits: CartLimits,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.space = space
        self.asker = asker
        self.limits = limits
        self.now = now
    }

    /// What the user has; empty for an unknown one, and then nothing is brought into being.
    package func items(of user: String, _ call: ForeignCall) async throws(Refusal) -> [ForeignItem] {
        guard let record = try await look(try space.cart(of: user), call) else { return [] }
        return ForeignItem.items(of: record)
    }

    /// Puts more of a product into the user's cart. One that is there already keeps its price.
    ///
    /// - Returns: what the user has of it then, possibly with others' changes of the same moment.
    @discardableResult
    package func add(_ item: ForeignItem, for user: String, _ call: ForeignCall) async throws(Refusal)
        -> ForeignItem
    {
        let cart = try space.cart(of: user)
        let sku = try NameSpace.sku(of: item.product, limits)
        let wish = try addition(sku, item.quantity, item.unitPrice)
        // What can be in no cart costs nobody anything.
        try require(wish)
        var price = item.unitPrice
        if space == .retail, let record = try await look(cart, call) {
            price = ForeignItem.items(of: record).first { $0.isOf(item.product) }?.unitPrice ?? price
        }
        // Sent again it is the same wish, whatever the price is by then.
        let operation = call.key.map { CartOperation($0, wish, .absent) }
        let addition = CartCommand.change(
            try addition(sku, item.quantity, price),
            at: now(),
            operation: operation
        )
        let record = try await put(addition, into: cart, call)
        return ForeignItem.items(of: record).first { $0.isOf(item.product) }
            ?? ForeignItem(product: item.product, quantity: 0, unitPrice: price)
    }

    /// Has the user's cart hold so many of a product at this price; nil: at the price that it has.
    ///
    /// A change of price is several commits: asked again after any of them, it comes to the same.
    ///
    /// - Returns: false where the cart has no such product.
    package func set(
        _ product: String,
        quantity: Int64,
        unitPrice: Int64?,
        for user: String,
        _ call: ForeignCall
    ) async throws(Refusal) -> Bool {
        let cart = try space.cart(of: user)
        let sku = try NameSpace.sku(of: product, limits)
        try require(try addition(sku, quantity, unitPrice ?? 0))
        let lines = try await look(cart, call)?.cart.cart?.lines.filter { $0.sku == sku } ?? []
        guard let last = lines.last else { return false }
        let price = unitPrice ?? last.unitPrice
        let kept = lines.first { $0.unitPrice == price }
        if let kept {
            try await change(cart, .setQuantity(kept.id, quantity), call)
        } else {
            try await change(cart, try addition(sku, quantity, price), call)
        }
        for line in lines where line.id != kept?.id { try await change(cart, .removeLine(line.id), call) }
        return true
    }

    /// Takes a product out of the user's cart; nothing to take out is fine.
    package func remove(_ product: String, for user: String, _ call: ForeignCall) async throws(Refusal) {
        let cart = try space.cart(of: user)
        let sku = try NameSpace.sku(of: product, limits)
        let lines = try await look(cart, call)?.cart.cart?.lines.filter { $0.sku == sku } ?? []
        for line in lines { try await change(cart, .removeLine(line.id), call) }
    }

    /// Takes everything out of the user's cart; one that is not there is fine, and stays so.
    package func empty(_ user: String, _ call: ForeignCall) async throws(Refusal) {
        let operation = call.key.map { CartOperation($0, .clear, .absent) }
        try await change(try space.cart(of: user), .clear, call, operation)
    }

    private func addition(_ sku: String, _ quantity: Int64, _ price: Int64) throws(Refusal)
        -> CartCommand.Change
    {
        guard let currency = NameSpace.currency else { throw .contradiction("there are no dollars") }
        let money = Money(minorUnits: price, currency: currency)
        return .addLine(NewItem(sku: sku, quantity: quantity, unitPrice: money))
    }

    private func require(_ change: CartCommand.Change) throws(Refusal) {
        do {
            try CartCommand.change(change, at: now()).validate(limits)
        } catch {
            throw Refusal(error)
        }
    }

    /// The cart, or nil where there is none.
    private func look(_ cart: CartID, _ call: ForeignCall) async throws(Refusal) -> CartRecord? {
        switch try await ask(cart, .read, call) {
        case .accepted(_, let record): return record
        case .rejected(.cartNotFound), .rejected(.cartDeleted): return nil
        case .rejected(let rejection): throw Refusal(rejection)
        }
    }

    /// Has a cart changed, and the cart made for it where there is none.
    private func put(_ command: CartCommand, into cart: CartID, _ call: ForeignCall)
        async throws(Refusal) -> CartRecord
    {
        var mayCreate = true
        while true {
            switch try await ask(cart, command, call) {
            case .accepted(_, let record):
                return record
            case .rejected(.cartNotFound) where mayCreate, .rejected(.cartDeleted) where mayCreate:
                // Once: who takes it away at the same moment may have it so.
                mayCreate = false
                // Not under the client's key, which is the change's.
                let creation = CartCommand.change(.create(currency: nil), at: now())
                if case .rejected(let rejection) = try await ask(cart, creation, call) {
                    throw Refusal(rejection)
                }
            case .rejected(let rejection):
                throw Refusal(rejection)
            }
        }
    }

    /// Has a cart changed; what is not there needs no change.
    private func change(
        _ cart: CartID,
        _ change: CartCommand.Change,
        _ call: ForeignCall,
        _ operation: CartOperation? = nil
    ) async throws(Refusal) {
        switch try await ask(cart, .change(change, at: now(), operation: operation), call) {
        case .accepted, .rejected(.cartNotFound), .rejected(.cartDeleted), .rejected(.lineNotFound): return
        case .rejected(let rejection): throw Refusal(rejection)
        }
    }

    private func ask(_ cart: CartID, _ command: CartCommand, _ call: ForeignCall) async throws(Refusal)
        -> Answer<CartLogic>.Verdict
    {
        do {
            let id = ActorID(cart.text)
            return try await asker.ask(id, command, deadline: call.deadline, trace: call.trace).verdict
        } catch {
            throw Refusal(error)
        }
    }
}

/// What goes with one call of another shop's protocol, beside what it asks for.
package struct ForeignCall: Sendable {
    /// Until when the client is kept waiting.
    package let deadline: ContinuousClock.Instant
    /// The client's `traceparent`, or empty.
    package let trace: String
    /// What the client calls the change, if it knows our way to say that.
    package let key: IdempotencyKey?

    /// A call from its parts.
    package init(deadline: ContinuousClock.Instant, trace: String = "", key: IdempotencyKey? = nil) {
        self.deadline = deadline
        self.trace = trace
        self.key = key
    }
}
