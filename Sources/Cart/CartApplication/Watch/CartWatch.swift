package import ActorRuntime
package import Cart
import CartActor
import Ownership
import Timing

/// One client's watch over one cart, whatever it is shown by.
package struct CartWatch<Dispatcher: CartDispatcher>: Sendable {
    /// The announcements about the cart since before the first read, so that no commit is missed.
    package let notifications: AsyncStream<ChangeNotification>

    private let cart: CartID
    private let dispatcher: Dispatcher
    private let context: CallContext
    private let readDeadline: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let sleep: @Sendable (Duration) async throws -> Void
    private let registration: WatchRegistration
    /// The version that the client has; nil for none.
    private var seen: UInt64?
    private var backoff = Backoff(floor: .milliseconds(100), ceiling: .seconds(1))

    init(
        of cart: CartID,
        by application: CartApplication<Dispatcher>,
        _ context: CallContext,
        seen: UInt64?
    ) throws(WatchFailure) {
        let dependencies = application.dependencies
        let id = ActorID(cart.text)
        guard let notifications = dependencies.feed.notifications(of: id) else {
            let reason: HostFailure.Reason = dependencies.isDraining() ? .draining : .overloaded
            throw .host(
                HostFailure(reason, .notApplied, id: id, detail: "the node cannot open another stream")
            )
        }
        self.notifications = notifications
        self.cart = cart
        self.seen = seen
        dispatcher = application.dispatcher
        self.context = context
        readDeadline = application.policy.requestDeadline
        now = dependencies.instant
        sleep = dependencies.sleep
        registration = dependencies.watches.register(cart.text)
    }

    /// The update to show first; nil where the client has seen this version and others may follow.
    ///
    /// - Throws: also where the cart is deleted: there is nothing to watch.
    package mutating func first() async throws(WatchFailure) -> CartUpdate? {
        try await first(by: context.deadline)
    }

    /// The same after a pause, and with as much time as any request has: for a cart that could not be read
    /// before. The pauses grow to a second.
    ///
    /// - Throws: also `CancellationError`.
    package mutating func firstAfterPause() async throws -> CartUpdate? {
        var generator = SystemRandomNumberGenerator()
        try await sleep(backoff.nextPause(using: &generator))
        return try await first(by: now().advanced(by: readDeadline))
    }

    private mutating func first(by deadline: ContinuousClock.Instant) async throws(WatchFailure)
        -> CartUpdate?
    {
        let known = registration.latest
        let terms = ReadTerms(known: known?.version, announced: nil)
        let update: CartUpdate
        switch await read(terms, by: deadline) {
        case .found(let found): update = found
        case .unchanged:
            guard let known else { throw .host(malformedAnswer) }
            update = known
        case .failed(let failure): throw failure
        case .abandoned: throw .host(malformedAnswer)
        }
        if case .deleted(let at) = update.content { throw .rejected(.cartDeleted(at: at)) }
        registration.found(update)
        defer { seen = update.version }
        return seen == update.version && !update.isLast ? nil : update
    }

    /// The update to show after a notification; nil for nothing new, or nothing that can be had now: then the
    /// next notification helps.
    ///
    /// - Throws: `WatchFailure` where the cart is not there any more, or `CancellationError`.
    package mutating func next(_ notification: ChangeNotification) async throws -> CartUpdate? {
        let need: WatchNeed =
            switch notification {
            case .committed(let sequence): .version(sequence.rawValue)
            case .look: .freshRead
            case .idle: .recentRead
            }
        let update: CartUpdate
        do {
            update = try await registration.update(needing: need) { [self] terms in
                await read(terms, for: need)
            }
        } catch WatchFailure.host {
            return nil
        }
        guard update.version != seen else { return nil }
        seen = update.version
        return update
    }

    /// Reads for all watchers that wait. A failed read of an announced version is repeated: perhaps no other
    /// notification follows.
    private func read(_ terms: ReadTerms, for need: WatchNeed) async -> WatchedCart.ReadResult {
        let deadline = now().advanced(by: readDeadline)
        var backoff = Backoff(floor: .milliseconds(20), ceiling: .milliseconds(500))
        var generator = SystemRandomNumberGenerator()
        while true {
            let result = await read(terms, by: deadline)
            guard case .failed(.host) = result, need.isAnnounced || terms.announced != nil else {
                return result
            }
            let pause = backoff.nextPause(using: &generator)
            guard now().advanced(by: pause) < deadline else { return result }
            do {
                try await sleep(pause)
            } catch {
                return result  // The reader's client left.
            }
        }
    }

    private func read(_ terms: ReadTerms, by deadline: ContinuousClock.Instant) async
        -> WatchedCart.ReadResult
    {
        let command =
            terms.known.map { CartCommand.readIfChanged(since: $0, announced: terms.announced) } ?? .read
        let answer: Answer<CartLogic>
        do throws(HostFailure) {
            answer = try await dispatcher.ask(
                ActorID(cart.text),
                command,
                deadline: deadline,
                trace: context.trace
            )
        } catch {
            return .failed(.host(error))
        }
        switch answer.verdict {
        case .accepted(let reply, let record):
            guard reply.omitsCart else {
                return .found(CartUpdate(.cart(record.cart), version: answer.sequence))
            }
            guard answer.sequence != terms.known else { return .unchanged }
            guard terms.known != nil else { return .failed(.host(malformedAnswer)) }
            // The read was decided before a change that was committed together with it.
            return await read(ReadTerms(known: nil, announced: nil), by: deadline)
        case .rejected(.cartDeleted(let at)):
            return .found(CartUpdate(.deleted(at: at), version: answer.sequence))
        case .rejected(let rejection):
            return .failed(.rejected(rejection))
        }
    }

    private var malformedAnswer: HostFailure {
        let detail = "the owner of the cart left it out of an answer for which it was needed"
        return HostFailure(.unreadable, .notApplied, id: ActorID(cart.text), detail: detail)
    }
}

/// The reason that a cart cannot be watched.
package enum WatchFailure: Error, Equatable, Sendable {
    /// The cart is not there.
    case rejected(CartRejection)
    /// The cart could not be read, or not be listened to.
    case host(HostFailure)
}
