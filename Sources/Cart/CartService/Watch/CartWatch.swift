package import ActorRuntime
package import Cart
import Ownership

/// One client's watch over one cart, whatever it is shown by.
package struct CartWatch<Dispatcher: CartDispatcher>: Sendable {
    /// What there is to show.
    package enum Update: Equatable, Sendable {
        /// The cart as it is committed; one that is merged is the last.
        case cart(CartState)
        /// It was deleted. Nothing more will come.
        case deleted(at: Timestamp)

        /// Whether nothing more will come.
        package var isLast: Bool {
            switch self {
            case .cart(.merged), .deleted: true
            case .cart(.none), .cart(.open), .cart(.checkedOut), .cart(.closing), .cart(.deleted): false
            }
        }
    }

    /// How long an owner that does not show a published version yet is asked again.
    private static var patience: Duration { .seconds(2) }
    private static var pause: Duration { .milliseconds(5) }

    private let cart: CartID
    private let dispatcher: Dispatcher
    private let trace: String
    private let readDeadline: Duration
    /// The newest version that the client has; nil for none.
    package private(set) var seen: UInt64?

    /// - Parameters:
    ///   - trace: the client's `traceparent`, or empty.
    ///   - readDeadline: how long each look after the first may take.
    ///   - seen: the version that the client has; nil for none.
    package init(_ cart: CartID, dispatcher: Dispatcher, trace: String, readDeadline: Duration, seen: UInt64?)
    {
        self.cart = cart
        self.dispatcher = dispatcher
        self.trace = trace
        self.readDeadline = readDeadline
        self.seen = seen
    }

    /// What is told of the cart from now on; to be asked for before the first look, so that what is committed in between is
    /// told.
    package static func notifications(of cart: CartID, _ dependencies: CartAPIDependencies)
        throws(WatchFailure)
        -> AsyncStream<ChangeNotification>
    {
        let id = ActorID(cart.text)
        guard let news = dependencies.feed.notifications(of: id) else {
            let reason: HostFailure.Reason = dependencies.isDraining() ? .draining : .overloaded
            let detail = "no more streams can be opened here"
            throw .host(HostFailure(reason, .notApplied, id: id, detail: detail))
        }
        return news
    }

    /// The first look; nil where the client has seen this version, and more may come.
    ///
    /// - Throws: also where the cart is deleted: there is nothing to watch.
    package mutating func first(by deadline: ContinuousClock.Instant) async throws(WatchFailure) -> Update? {
        let (update, version) = try await read(by: deadline)
        if case .deleted(let at) = update { throw .rejected(.cartDeleted(at: at)) }
        defer { seen = version }
        return seen == version && !update.isLast ? nil : update
    }

    /// What there is to show after some news; nil for nothing new, or nothing that can be had now: then the next news helps.
    ///
    /// - Throws: `WatchFailure` where the cart is not there any more, or `CancellationError`.
    package mutating func next(_ news: ChangeNotification) async throws -> Update? {
        let clock = ContinuousClock()
        let until = clock.now + Self.patience
        repeat {
            do throws(WatchFailure) {
                let (update, version) = try await read(by: clock.now + readDeadline)
                if version != seen {
                    seen = version
                    return update
                }
            } catch {
                switch error {
                case .host: break
                case .rejected: throw error
                }
            }
            // The owner learns a little later than we that its commit is durable.
            guard case .committed(let published) = news, published.rawValue > seen ?? 0 else { return nil }
            try await clock.sleep(for: Self.pause)
        } while clock.now < until
        return nil
    }

    private func read(by deadline: ContinuousClock.Instant) async throws(WatchFailure) -> (Update, UInt64) {
        let answer: Answer<CartLogic>
        do {
            answer = try await dispatcher.ask(ActorID(cart.text), .read, deadline: deadline, trace: trace)
        } catch {
            throw .host(error)
        }
        switch answer.verdict {
        case .accepted(_, let record): return (.cart(record.cart), answer.sequence)
        case .rejected(.cartDeleted(let at)): return (.deleted(at: at), answer.sequence)
        case .rejected(let rejection): throw .rejected(rejection)
        }
    }
}

/// Why a cart can not be watched.
package enum WatchFailure: Error, Equatable, Sendable {
    /// The cart is not there.
    case rejected(CartRejection)
    /// The world says no.
    case host(HostFailure)
}

extension Problem {
    init(_ failure: WatchFailure) {
        switch failure {
        case .rejected(let rejection): self.init(rejection, in: .path)
        case .host(let failure): self.init(failure)
        }
    }
}

extension Refusal {
    /// The cart can not be watched.
    package init(_ failure: WatchFailure) {
        switch failure {
        case .rejected(let rejection): self.init(rejection)
        case .host(let failure): self.init(failure)
        }
    }
}
