import ActorRuntime
package import Cart

/// Carts as shops have them that know no creation: a user's cart is there as soon as something is put into it.
package struct DemoShopCarts<Dispatcher: CartDispatcher>: Sendable {
    /// How often a cart is looked at for one change of what others change at the same time.
    static var maximumAttempts: Int { 3 }

    let dispatcher: Dispatcher
    let space: CartNamespace
    let limits: CartLimits
    let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - limits: the same as the host's decider has.
    ///   - now: the wall clock, by which commands are dated.
    package init(
        _ space: CartNamespace,
        dispatcher: Dispatcher,
        limits: CartLimits,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.space = space
        self.dispatcher = dispatcher
        self.limits = limits
        self.now = now
    }

    /// What the user has; empty for an unknown one, and then nothing is brought into being.
    package func items(of user: String, _ call: DemoShopCall) async throws(Refusal) -> [DemoShopItem] {
        guard let record = try await look(try space.cart(of: user), call) else { return [] }
        return DemoShopItem.items(of: record)
    }

    /// Puts more of a product into the user's cart. One that is there already keeps its price.
    ///
    /// - Returns: what the user has of it then, possibly with others' changes of the same moment.
    @discardableResult
    package func add(_ item: DemoShopItem, for user: String, _ call: DemoShopCall) async throws(Refusal)
        -> DemoShopItem
    {
        let cart = try space.cart(of: user)
        let sku = try CartNamespace.sku(of: item.product, limits)
        let change = try addition(sku, item.quantity, item.unitPrice)
        // What can be in no cart costs nobody anything.
        try require(change)
        var price = item.unitPrice
        if space == .retail, let record = try await look(cart, call) {
            price = DemoShopItem.items(of: record).first { $0.isOf(item.product) }?.unitPrice ?? price
        }
        // Sent again it is the same change, whatever the price is by then.
        let operation = call.key.map { CartOperation($0, change, .absent) }
        let addition = CartCommand.change(
            try addition(sku, item.quantity, price),
            at: now(),
            operation: operation
        )
        let record = try await put(addition, into: cart, call)
        return DemoShopItem.items(of: record).first { $0.isOf(item.product) }
            ?? DemoShopItem(product: item.product, quantity: 0, unitPrice: price)
    }

    /// Has the user's cart hold so many of a product at this price, by one commit; nil: at the price that it has.
    ///
    /// - Returns: false where the cart has no such product.
    package func set(
        _ product: String,
        quantity: Int64,
        unitPrice: Int64?,
        for user: String,
        _ call: DemoShopCall
    ) async throws(Refusal) -> Bool {
        let cart = try space.cart(of: user)
        let sku = try CartNamespace.sku(of: product, limits)
        try require(try addition(sku, quantity, unitPrice ?? 0))
        var attempts = 0
        while true {
            attempts += 1
            let lines = try await look(cart, call)?.cart.contents?.lines.filter { $0.sku == sku } ?? []
            guard let actions = try setting(lines, quantity, unitPrice) else { return false }
            switch try await ask(cart, .change(.actions(actions), at: now()), call).verdict {
            case .accepted:
                return true
            // Somebody took it out meanwhile.
            case .rejected(.action(_, .lineNotFound)) where attempts < Self.maximumAttempts: continue
            case .rejected(.action(_, let rejection)), .rejected(let rejection): throw Refusal(rejection)
            }
        }
    }

    /// What makes one line of all that have a product, with this quantity and price; nil where there is none.
    private func setting(_ lines: [Line], _ quantity: Int64, _ unitPrice: Int64?) throws(Refusal)
        -> [CartCommand.Change]?
    {
        guard let first = lines.first, let last = lines.last else { return nil }
        let price = unitPrice ?? last.unitPrice
        let kept = lines.first { $0.unitPrice == price } ?? first
        var actions: [CartCommand.Change] = []
        if kept.unitPrice != price { actions.append(.setPrice(kept.id, try Self.money(price))) }
        actions.append(.setQuantity(kept.id, quantity))
        return actions + lines.filter { $0.id != kept.id }.map { .removeLine($0.id) }
    }

    /// Takes a product out of the user's cart; nothing to take out is fine.
    package func remove(_ product: String, for user: String, _ call: DemoShopCall) async throws(Refusal) {
        let cart = try space.cart(of: user)
        let sku = try CartNamespace.sku(of: product, limits)
        let lines = try await look(cart, call)?.cart.contents?.lines.filter { $0.sku == sku } ?? []
        for line in lines { try await change(cart, .removeLine(line.id), call) }
    }

    /// Takes everything out of the user's cart; one that is not there is fine, and stays so.
    package func empty(_ user: String, _ call: DemoShopCall) async throws(Refusal) {
        let operation = call.key.map { CartOperation($0, .clear, .absent) }
        try await change(try space.cart(of: user), .clear, call, operation)
    }

    private func addition(_ sku: String, _ quantity: Int64, _ price: Int64) throws(Refusal)
        -> CartCommand.Change
    {
        .addLine(NewItem(sku: sku, quantity: quantity, unitPrice: try Self.money(price)))
    }

    private static func money(_ price: Int64) throws(Refusal) -> Money {
        guard let currency = CartNamespace.currency else { throw .contradiction("there are no dollars") }
        return Money(minorUnits: price, currency: currency)
    }

    private func require(_ change: CartCommand.Change) throws(Refusal) {
        do {
            try CartCommand.change(change, at: now()).validate(limits)
        } catch {
            throw Refusal(error)
        }
    }

    /// The cart, or nil where there is none.
    private func look(_ cart: CartID, _ call: DemoShopCall) async throws(Refusal) -> CartRecord? {
        try await read(cart, call)?.record
    }

    /// The cart and its version, or nil where there is none.
    func read(_ cart: CartID, _ call: DemoShopCall) async throws(Refusal) -> AcceptedCommand? {
        let answer = try await ask(cart, .read, call)
        switch answer.verdict {
        case .accepted(let reply, let record): return AcceptedCommand(reply, record, answer)
        case .rejected(.cartNotFound), .rejected(.cartDeleted): return nil
        case .rejected(let rejection): throw Refusal(rejection)
        }
    }

    /// Has a cart changed, and the cart made for it where there is none.
    private func put(_ command: CartCommand, into cart: CartID, _ call: DemoShopCall)
        async throws(Refusal) -> CartRecord
    {
        var mayCreate = true
        while true {
            switch try await ask(cart, command, call).verdict {
            case .accepted(_, let record):
                return record
            case .rejected(let rejection):
                // Once: who takes it away at the same moment may have it so.
                guard mayCreate, try await isGone(rejection, cart, call) else { throw Refusal(rejection) }
                mayCreate = false
                try await create(cart, call)
            }
        }
    }

    /// Brings a cart into being; one that is there is left as it is.
    func create(_ cart: CartID, _ call: DemoShopCall) async throws(Refusal) {
        // Not under the client's key, which is the change's.
        let creation = CartCommand.change(.create(currency: nil), at: now())
        if case .rejected(let rejection) = try await ask(cart, creation, call).verdict {
            throw Refusal(rejection)
        }
    }

    /// Has a cart changed; what is not there needs no change.
    private func change(
        _ cart: CartID,
        _ change: CartCommand.Change,
        _ call: DemoShopCall,
        _ operation: CartOperation? = nil
    ) async throws(Refusal) {
        switch try await ask(cart, .change(change, at: now(), operation: operation), call).verdict {
        case .accepted, .rejected(.lineNotFound): return
        case .rejected(let rejection):
            guard try await isGone(rejection, cart, call) else { throw Refusal(rejection) }
        }
    }

    func ask(_ cart: CartID, _ command: CartCommand, _ call: DemoShopCall) async throws(Refusal)
        -> Answer<CartLogic>
    {
        do {
            let id = ActorID(cart.text)
            return try await dispatcher.ask(id, command, deadline: call.deadline, trace: call.trace)
        } catch {
            throw Refusal(error)
        }
    }
}

/// What goes with one call of another shop's protocol, beside what it asks for.
package struct DemoShopCall: Sendable {
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
