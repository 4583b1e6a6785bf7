import ActorRuntime
import Cart
import CartActor

/// Carts for shops whose protocols have no creation: a user's cart exists as soon as something is put into
/// it.
package struct DemoShopCarts<Dispatcher: CartDispatcher>: Sendable {
    /// The number of times that a change is tried on a cart that others change at the same time.
    static var maximumAttempts: Int { 3 }

    let space: CartNamespace
    let application: CartApplication<Dispatcher>

    /// The carts of one shop.
    package init(_ space: CartNamespace, _ application: CartApplication<Dispatcher>) {
        self.space = space
        self.application = application
    }

    func now() -> Timestamp { application.dependencies.now() }

    /// The user's items; none for an unknown user, for whom no cart is created.
    package func items(of user: String, _ context: CallContext) async throws(Refusal) -> [DemoShopItem] {
        guard let record = try await look(try space.cart(of: user), context) else { return [] }
        return DemoShopItem.items(of: record)
    }

    /// Puts more of a product into the user's cart. One that is there already keeps its price.
    ///
    /// The retail store's clients name prices, so that adding may need the shop's token there.
    ///
    /// - Returns: what the user has of it then, possibly with others' changes of the same moment.
    @discardableResult
    package func add(_ item: DemoShopItem, for user: String, _ context: CallContext) async throws(Refusal)
        -> DemoShopItem
    {
        if space == .retail { try application.rules.requireTrustToAdd(context) }
        let cart = try space.cart(of: user)
        let change = try addition(of: item.product, quantity: item.quantity, unitPrice: item.unitPrice)
        // Refused before any cart is asked.
        try application.rules.validate(change)
        var price = item.unitPrice
        if space == .retail, let record = try await look(cart, context) {
            price = DemoShopItem.items(of: record).first { $0.isOf(item.product) }?.unitPrice ?? price
        }
        // Sent again it is the same change, whatever the price is by then.
        let operation = context.key.map { CartOperation($0, change) }
        let addition = CartCommand.change(
            try addition(of: item.product, quantity: item.quantity, unitPrice: price),
            at: now(),
            operation: operation
        )
        let record = try await put(addition, into: cart, context)
        return DemoShopItem.items(of: record).first { $0.isOf(item.product) }
            ?? DemoShopItem(product: item.product, quantity: 0, unitPrice: price)
    }

    /// Has the user's cart hold so many of a product at this price, by one commit; nil: at the price that it
    /// has.
    ///
    /// - Returns: false where the cart has no such product.
    package func set(
        _ product: String,
        quantity: Int64,
        unitPrice: Int64?,
        for user: String,
        _ context: CallContext
    ) async throws(Refusal) -> Bool {
        if unitPrice != nil { try application.rules.requireTrustToAdd(context) }
        let cart = try space.cart(of: user)
        try application.rules.validate(
            try addition(of: product, quantity: quantity, unitPrice: unitPrice ?? 0)
        )
        var attempts = 0
        while true {
            attempts += 1
            let lines = try await lines(of: product, in: cart, context)
            guard let actions = try Self.actions(on: lines, quantity: quantity, unitPrice: unitPrice) else {
                return false
            }
            switch try await application.answer(.change(.actions(actions), at: now()), of: cart, context)
                .verdict
            {
            case .accepted:
                return true
            // Somebody took it out meanwhile.
            case .rejected(.action(_, .lineNotFound)) where attempts < Self.maximumAttempts: continue
            case .rejected(.action(_, let rejection)), .rejected(let rejection): throw Refusal(rejection)
            }
        }
    }

    /// The actions that make one line, with this quantity and price, of all lines of a product; nil where
    /// there is none.
    private static func actions(on lines: [Line], quantity: Int64, unitPrice: Int64?) throws(Refusal)
        -> [CartCommand.Change]?
    {
        guard let first = lines.first, let last = lines.last else { return nil }
        let price = unitPrice ?? last.unitPrice
        let kept = lines.first { $0.unitPrice == price } ?? first
        var actions: [CartCommand.Change] = lines.filter { $0.id != kept.id }.map { .removeLine($0.id) }
        actions.append(.setQuantity(kept.id, quantity))
        if kept.unitPrice != price {
            // What makes the line cheaper comes first, or a cart that is fine in the end could be too dear
            // before.
            let place = quantity < Int64(kept.quantity) ? actions.endIndex : actions.endIndex - 1
            actions.insert(.setPrice(kept.id, try money(price)), at: place)
        }
        return actions
    }

    /// Takes a product out of the user's cart, by one commit; nothing to take out is fine.
    package func remove(_ product: String, for user: String, _ context: CallContext) async throws(Refusal) {
        let cart = try space.cart(of: user)
        var attempts = 0
        while true {
            attempts += 1
            let lines = try await lines(of: product, in: cart, context)
            guard !lines.isEmpty else { return }
            let removal = CartCommand.Change.actions(lines.map { .removeLine($0.id) })
            switch try await application.answer(.change(removal, at: now()), of: cart, context).verdict {
            case .accepted:
                return
            // Somebody took one of the lines out meanwhile.
            case .rejected(.action(_, .lineNotFound)) where attempts < Self.maximumAttempts: continue
            case .rejected(.action(_, let rejection)), .rejected(let rejection):
                guard try await isGone(cart, after: rejection, context) else { throw Refusal(rejection) }
                return
            }
        }
    }

    /// Takes everything out of the user's cart; one that is not there is fine, and stays so.
    package func empty(_ user: String, _ context: CallContext) async throws(Refusal) {
        let operation = context.key.map { CartOperation($0, .clear) }
        try await change(try space.cart(of: user), by: .clear, under: operation, context)
    }

    /// The lines of a product.
    private func lines(of product: String, in cart: CartID, _ context: CallContext) async throws(Refusal)
        -> [Line]
    {
        try await look(cart, context)?.cart.contents?.lines.filter { $0.isOf(sku: product) } ?? []
    }

    private func addition(of product: String, quantity: Int64, unitPrice: Int64) throws(Refusal)
        -> CartCommand.Change
    {
        .addLine(NewItem(sku: product, quantity: quantity, unitPrice: try Self.money(unitPrice)))
    }

    private static func money(_ price: Int64) throws(Refusal) -> Money {
        guard let currency = CartNamespace.currency else { throw .contradiction("there are no dollars") }
        return Money(minorUnits: price, currency: currency)
    }

    /// The cart, or nil where there is none.
    private func look(_ cart: CartID, _ context: CallContext) async throws(Refusal) -> CartRecord? {
        try await read(cart, context)?.record
    }

    /// The cart and its version, or nil where there is none.
    func read(_ cart: CartID, _ context: CallContext) async throws(Refusal) -> AcceptedCommand? {
        let answer = try await application.answer(.read, of: cart, context)
        switch answer.verdict {
        case .accepted(let reply, let record): return AcceptedCommand(reply, record, of: answer)
        case .rejected(.cartNotFound), .rejected(.cartDeleted): return nil
        case .rejected(let rejection): throw Refusal(rejection)
        }
    }

    /// Has a cart changed, and the cart made for it where there is none.
    ///
    /// Where the change fails after the cart was made, the failure's own outcome is the right one: no user
    /// can tell an empty cart from none.
    private func put(_ command: CartCommand, into cart: CartID, _ context: CallContext)
        async throws(Refusal) -> CartRecord
    {
        var mayCreate = true
        while true {
            switch try await application.answer(command, of: cart, context).verdict {
            case .accepted(let reply, let record):
                if reply.replayed != nil { application.dependencies.outcomes.replayed() }
                return record
            case .rejected(let rejection):
                // Once: who takes it away at the same moment may have it so.
                guard mayCreate, try await isGone(cart, after: rejection, context) else {
                    throw Refusal(rejection)
                }
                mayCreate = false
                try await create(cart, context)
            }
        }
    }

    /// Brings a cart into being; one that is there is left as it is.
    func create(_ cart: CartID, _ context: CallContext) async throws(Refusal) {
        // Not under the client's key, which is the change's.
        let creation = CartCommand.change(.create(currency: nil), at: now())
        if case .rejected(let rejection) = try await application.answer(creation, of: cart, context).verdict {
            throw Refusal(rejection)
        }
    }

    /// Has a cart changed; what is not there needs no change.
    private func change(
        _ cart: CartID,
        by change: CartCommand.Change,
        under operation: CartOperation? = nil,
        _ context: CallContext
    ) async throws(Refusal) {
        switch try await application.answer(
            .change(change, at: now(), operation: operation),
            of: cart,
            context
        ).verdict {
        case .accepted, .rejected(.lineNotFound): return
        case .rejected(let rejection):
            guard try await isGone(cart, after: rejection, context) else { throw Refusal(rejection) }
        }
    }
}
