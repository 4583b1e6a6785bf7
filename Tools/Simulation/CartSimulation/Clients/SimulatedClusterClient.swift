internal import ActorRuntime
internal import Cart
internal import CartActor
internal import CartWorkload
internal import SeededRandom

/// A client of a simulated cluster: it sends each request to a node, which asks its host.
struct SimulatedClusterClient: ClusterClient {
    /// Deadline of a request within the node.
    private static let requestDeadline: Duration = .seconds(2)
    /// Time-out of the client.
    private static let clientPatience: SimulatedTime = .milliseconds(4_000)

    /// Unit price of every article.
    private static let price: Money = {
        guard let euro = Currency(stored: "EUR") else { preconditionFailure("EUR is three letters") }
        return Money(minorUnits: 100, currency: euro)
    }()

    let slots: [NodeSlot]
    let cluster: SimulatedCluster

    var nodes: Int { slots.count }

    func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        let scheduler = cluster.scheduler
        let slot = slots[node]
        scheduler.trace.note("ask", at: scheduler.now, "node-\(node): \(operation)")
        let outcome: NetworkPath.Outcome<AttemptResult> = await slot.front.exchange(
            within: Self.clientPatience,
            listens: { slot.process != nil },
            deliver: { answer in
                guard let process = slot.process else { return answer(nil) }
                process.take(broken: { answer(nil) }) { host in
                    answer(await Self.serve(operation, on: host, of: cluster))
                }
            }
        )
        let reply =
            switch outcome {
            case .answered(let reply): reply
            case .refused: AttemptResult(.notApplied("connection refused"))
            case .silent: AttemptResult(.unknown("no answer in time"))
            case .broken: AttemptResult(.unknown("the connection broke"))
            }
        scheduler.trace.note("told", at: scheduler.now, "node-\(node): \(operation.id): \(reply.outcome)")
        return reply
    }

    /// Asks the host and maps its answer, as the HTTP face does.
    private static func serve(
        _ operation: WorkloadOperation,
        on host: Host<CartLogic>,
        of cluster: SimulatedCluster
    ) async -> AttemptResult {
        let clock = cluster.clock
        do throws(HostFailure) {
            let answer = try await host.ask(
                ActorID(operation.cart.text),
                command(operation, at: cluster.scheduler.now),
                deadline: clock.now + requestDeadline
            )
            return reply(answer)
        } catch {
            var reply = AttemptResult(
                error.outcome == .unknown ? .unknown(error.detail) : .notApplied(error.detail)
            )
            reply.retryAfter = error.retryAfter
            return reply
        }
    }

    private static func command(_ operation: WorkloadOperation, at time: SimulatedTime) -> CartCommand {
        let change: CartCommand.Change
        switch operation.action {
        case .read:
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
        return .change(change, at: now, operation: cartOperation(operation))
    }

    /// The idempotency key of an operation. Each operation has its own key, so that one digest serves as key
    /// and request.
    private static func cartOperation(_ operation: WorkloadOperation) -> CartOperation? {
        guard operation.key != nil else { return nil }
        let digest = UInt128(SplitMix64.mix(operation.id.rawValue)) << 64 | UInt128(operation.id.rawValue)
        return CartOperation(key: digest, request: digest)
    }

    private static func reply(_ answer: Answer<CartLogic>) -> AttemptResult {
        switch answer.verdict {
        case .accepted(let outcome, let record):
            var reply = AttemptResult(
                .done(observation(of: record.cart, version: answer.sequence)),
                owner: answer.node
            )
            reply.isReplay = outcome.replayed != nil
            reply.committedAt = outcome.replayed
            return reply
        case .rejected(let rejection):
            return AttemptResult(.rejected(Self.rejection(rejection)), owner: answer.node)
        }
    }

    private static func rejection(_ rejection: CartRejection) -> AttemptResult.Rejection {
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

    private static func observation(of cart: CartState, version: UInt64) -> CartObservation? {
        guard let cart = cart.cart else { return nil }
        return CartObservation(
            version: version,
            lines: cart.lines.map {
                CartObservation.Line(
                    id: $0.id.number,
                    article: Article(sku: $0.sku),
                    quantity: UInt32(clamping: $0.quantity)
                )
            }
        )
    }
}
