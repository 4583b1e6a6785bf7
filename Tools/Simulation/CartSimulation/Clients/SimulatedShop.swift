internal import ActorRuntime
internal import Cart
internal import CartService
internal import CartWorkload

/// The clients' way into a simulated cluster: a request comes to a node, which asks its host.
struct SimulatedShop: Shop {
    /// How long a node may take for a request, and how long a client waits for it.
    private static let requestDeadline: Duration = .seconds(2)
    private static let clientPatience: SimulatedTime = .milliseconds(4_000)

    /// What everything costs.
    private static let price: Money = {
        guard let euro = Currency(stored: "EUR") else { preconditionFailure("EUR is three letters") }
        return Money(minorUnits: 100, currency: euro)
    }()

    let places: [NodePlace]
    let town: Town

    var nodes: Int { places.count }

    func perform(_ errand: Errand, at node: Int) async -> Reply {
        let scheduler = town.scheduler
        let place = places[node]
        scheduler.trace.note(scheduler.now, "ask", "node-\(node): \(errand)")
        let end: Way.End<Reply> = await place.front.exchange(
            within: Self.clientPatience,
            listens: { place.process != nil },
            deliver: { answer in
                guard let process = place.process else { return answer(nil) }
                process.take(broken: { answer(nil) }) { host in
                    answer(await Self.serve(errand, host, town))
                }
            }
        )
        let reply =
            switch end {
            case .answered(let reply): reply
            case .refused: Reply(.notApplied("connection refused"))
            case .silent: Reply(.unknown("no answer in time"))
            case .broken: Reply(.unknown("the connection broke"))
            }
        scheduler.trace.note(scheduler.now, "told", "node-\(node): \(errand.id): \(reply.fate)")
        return reply
    }

    /// What the HTTP face makes of a request.
    private static func serve(_ errand: Errand, _ host: Host<CartLogic>, _ town: Town) async -> Reply {
        let clock = town.clock
        do throws(HostFailure) {
            let answer = try await host.ask(
                ActorID(errand.cart.text),
                command(errand, at: town.scheduler.now),
                deadline: clock.now + requestDeadline
            )
            return reply(answer)
        } catch {
            var reply = Reply(error.outcome == .unknown ? .unknown(error.detail) : .notApplied(error.detail))
            reply.retryAfter = error.retryAfter
            return reply
        }
    }

    private static func command(_ errand: Errand, at time: SimulatedTime) -> CartCommand {
        let change: CartCommand.Change
        switch errand.action {
        case .look:
            return .read
        case .create:
            change = .create(currency: nil)
        case .add(let article, let quantity):
            change = .addLine(NewItem(sku: article.sku, quantity: Int64(quantity), unitPrice: price))
        case .setQuantity(let line, let quantity):
            change = .setQuantity(LineID(line), Int64(quantity))
        case .remove(let line):
            change = .removeLine(LineID(line))
        }
        let now = Timestamp(milliseconds: time.nanoseconds / 1_000_000)
        return .change(change, at: now, operation: operation(errand))
    }

    /// Keys are errands' own, so that a digest of the errand is one of both its key and its request.
    private static func operation(_ errand: Errand) -> CartOperation? {
        guard errand.key != nil else { return nil }
        let digest = UInt128(SplitMix64.mix(errand.id.rawValue)) << 64 | UInt128(errand.id.rawValue)
        return CartOperation(key: digest, request: digest)
    }

    private static func reply(_ answer: Answer<CartLogic>) -> Reply {
        switch answer.verdict {
        case .accepted(let outcome, let record):
            var reply = Reply(.done(showing(record.cart, answer.sequence)), owner: answer.node)
            reply.isReplay = outcome.replayed != nil
            reply.committedAt = outcome.replayed
            return reply
        case .rejected(let rejection):
            return Reply(.rejected(understand(rejection)), owner: answer.node)
        }
    }

    private static func understand(_ rejection: CartRejection) -> Reply.Rejection {
        switch rejection {
        case .cartNotFound: .cartMissing
        case .lineNotFound: .lineMissing
        case .limit: .full
        case .cartDeleted, .versionMismatch, .currencyMismatch, .invalid, .operationReused, .operationRetired,
            .cartCheckedOut, .cartEmpty, .cartMerged, .mergeDeclined, .mergeTaken, .mergeForgotten,
            .mergeNotUnderWay, .action:
            .other("\(rejection)")
        }
    }

    private static func showing(_ cart: CartState, _ version: UInt64) -> Showing? {
        guard let cart = cart.cart else { return nil }
        return Showing(
            version: version,
            lines: cart.lines.map {
                Showing.Line(
                    id: $0.id.number,
                    article: Article(sku: $0.sku),
                    quantity: UInt32(clamping: $0.quantity)
                )
            }
        )
    }
}
