internal import ActorRuntime
internal import Cart
internal import CartActor
internal import CartApplication
internal import CartWorkload

/// The requests of a simulated node's clients, served by the product's application as a face serves them.
struct SimulatedFace: Sendable {
    /// The token of callers that may set prices.
    private static let token = "a token of the simulation"

    private static let currency: Currency = {
        guard let euro = Currency(stored: "EUR") else { preconditionFailure("EUR is three letters") }
        return euro
    }()

    private let application: CartApplication<Host<CartLogic>>
    private let cluster: SimulatedCluster

    init(_ host: Host<CartLogic>, of cluster: SimulatedCluster, by clock: SimulatedClock) {
        self.cluster = cluster
        var policy = CartAPIPolicy()
        policy.limits = SimulatedCluster.limits
        policy.trusted = TrustedToken(Self.token)
        let scheduler = cluster.scheduler
        let dependencies = CartAPIDependencies(
            now: { Timestamp(milliseconds: scheduler.now.nanoseconds / 1_000_000) },
            instant: { clock.now },
            sleep: { try await clock.sleep(until: clock.now + $0) },
            newID: { CartID(randomHigh: scheduler.random(), randomLow: scheduler.random()) },
            isDraining: { false },
            past: NoHistory(),
            feed: NoFeed(),
            watches: WatchRegistry(now: { clock.now })
        )
        application = CartApplication(dispatcher: host, policy: policy, dependencies: dependencies)
    }

    /// Serves a request and maps its answer, as the HTTP face and its client do.
    func serve(_ operation: WorkloadOperation) async -> AttemptResult {
        do throws(Refusal) {
            let accepted = try await accepted(operation)
            note(operation.action)
            return AttemptResult(accepted, to: operation)
        } catch {
            note(error, to: operation)
            return AttemptResult(error)
        }
    }

    private func note(_ accepted: Action) {
        if case .setMark = accepted { cluster.occurrences.note(.mark) }
        if accepted == .unsetDetails { cluster.occurrences.note(.removal) }
    }

    /// A refusal because of an unreadable record needs a key that another hand has overwritten.
    private func note(_ refusal: Refusal, to operation: WorkloadOperation) {
        switch refusal.kind {
        case .overloaded: cluster.occurrences.note(.limitRefusal)
        case .unreadable:
            cluster.occurrences.note(.unreadable)
            let ids = operation.carts.map { ActorID($0.text) }
            if !ids.contains(where: cluster.redis.wasOverwritten), let id = ids.first {
                cluster.oracle.sawUnreadable(id, refusal.detail)
            }
        default: break
        }
    }

    private func accepted(_ operation: WorkloadOperation) async throws(Refusal) -> AcceptedCommand {
        let context = CallContext(
            deadline: application.deadline(),
            key: operation.key.flatMap { IdempotencyKey($0) },
            precondition: Precondition(version: operation.expected),
            authorization: "Bearer \(Self.token)"
        )
        let id = try Self.id(operation.cart)
        switch operation.action {
        case .read: return try await application.show(id, context)
        case .create: return try await change(id, by: .create(currency: nil), context)
        case .add(let article, let quantity):
            return try await change(id, by: Self.add(article, quantity), context)
        case .setQuantity(let line, let quantity):
            return try await change(id, by: .setQuantity(LineID(line), Int64(quantity)), context)
        case .setPrice(let line, let price):
            return try await change(id, by: .setPrice(LineID(line), Self.money(price)), context)
        case .takeOut(let line, let quantity):
            return try await change(id, by: .takeOut([LineQuantity(LineID(line), Int64(quantity))]), context)
        case .remove(let line): return try await change(id, by: .removeLine(LineID(line)), context)
        case .replace(let line, let article, let quantity):
            let changes = [CartCommand.Change.removeLine(LineID(line)), Self.add(article, quantity)]
            return try await change(id, by: .actions(changes), context)
        case .refill(let article, let quantity):
            return try await change(id, by: .actions([.clear, Self.add(article, quantity)]), context)
        case .clear: return try await change(id, by: .clear, context)
        case .setNote(let article):
            var details = DetailsChange()
            details.note = .set(article.sku)
            return try await change(id, by: .setDetails(details), context)
        case .setMark(let article):
            var details = DetailsChange()
            details.customer = .set(article.sku)
            details.attributes = .set([.init(key: CartObservation.markAttribute, value: article.sku)])
            details.discountCodes = .set([article.sku])
            return try await change(id, by: .setDetails(details), context)
        case .unsetDetails:
            var details = DetailsChange()
            details.note = .unset
            details.customer = .unset
            details.attributes = .unset
            details.discountCodes = .unset
            return try await change(id, by: .setDetails(details), context)
        case .checkOut(let version):
            var context = context
            context.precondition = .versions([version])
            return try await change(id, by: .checkOut(application.newOrderID()), context)
        case .cancelCheckout: return try await change(id, by: .cancelCheckout, context)
        case .delete: return try await change(id, by: .delete, context)
        case .merge(let source, let merge):
            let request = MergeRequest(
                id: "\(merge)",
                source: try Self.id(source),
                target: id,
                strategy: .add
            )
            return try await application.merge(request, context)
        }
    }

    private func change(
        _ id: CartID,
        by change: CartCommand.Change,
        _ context: CallContext
    ) async throws(Refusal) -> AcceptedCommand {
        try await application.change(id, by: change, context)
    }

    private static func add(_ article: Article, _ quantity: UInt32) -> CartCommand.Change {
        .addLine(
            NewItem(
                sku: article.sku,
                quantity: Int64(quantity),
                unitPrice: money(CartObservation.Line.addedPrice)
            )
        )
    }

    private static func money(_ amount: UInt32) -> Money {
        Money(minorUnits: Int64(amount), currency: currency)
    }

    private static func id(_ cart: CartName) throws(Refusal) -> CartID {
        do {
            return try CartID(cart.text)
        } catch {
            throw Refusal(error)
        }
    }
}

/// The simulation shows no histories.
private struct NoHistory: ActorHistoryStore {
    func content(of id: ActorID) async throws(StoreFailure) -> StoredContent? { nil }
}

/// Nobody watches carts in the simulation.
private struct NoFeed: ChangeFeed {
    func notifications(of id: ActorID) -> AsyncStream<ChangeNotification>? { nil }
}
