import Cart
import HTTPTypes
import Hosting
import Hummingbird
import NIOCore
import Ownership

extension CartRoutes {
    /// Shows the cart now and whenever it changed, as server-sent events (HTML Living Standard, 9.2), until the cart is
    /// deleted or merged into another, the client leaves, or the node does.
    ///
    /// Each event holds the whole cart, and its version as the id. Versions that follow each other faster than they can be
    /// shown are skipped; the newest never is. A client that comes again with `Last-Event-ID` is not shown that version again.
    func stream(_ errand: Errand, _ request: Request) async throws -> Response {
        // Before the cart is looked at: what is committed in between is told.
        guard let news = sources.feed.news(of: ActorID(errand.cart.text)) else {
            throw Problem(
                HostFailure(
                    sources.isDraining() ? .draining : .overloaded,
                    .notApplied,
                    id: ActorID(errand.cart.text),
                    detail: "no more streams can be opened here"
                )
            )
        }
        var watch = CartWatch(
            errand: errand,
            routes: self,
            seen: request.headers[.lastEventID].flatMap { UInt64($0) }
        )
        let first = try await watch.first()
        return replies.stream { [watch] writer in
            var watch = watch
            try await watch.run(news, first: first, into: &writer)
            try await writer.finish(nil)
        }
    }

    /// The cart as an event; nil where it is not there, or can not be asked for now.
    fileprivate func look(_ errand: Errand) async throws(Problem) -> (event: StreamEvent, version: UInt64) {
        let answer = try await answer(errand, .read)
        switch answer.verdict {
        case .accepted(_, let record):
            if let shown = ShownCart(record.cart) {
                return (.cart(replies.view(errand.cart, shown, answer.sequence)), answer.sequence)
            }
            guard let end = CartEnd(record.cart) else { throw .contradiction("a cart that is not there") }
            return (.gone(GoneView(id: errand.cart, version: answer.sequence, end: end)), answer.sequence)
        case .rejected(.cartDeleted(let at)):
            let view = GoneView(id: errand.cart, version: answer.sequence, end: .deleted(at: at))
            return (.gone(view), answer.sequence)
        case .rejected(let rejection):
            throw Problem(rejection, in: .path)
        }
    }
}

/// One client's watch over one cart.
private struct CartWatch<Asker: CartAsking> {
    /// How long an owner that does not show a published version yet is asked again.
    private static var patience: Duration { .seconds(2) }
    private static var pause: Duration { .milliseconds(5) }

    let errand: Errand
    let routes: CartRoutes<Asker>
    /// The newest version that the client has; nil for none.
    var seen: UInt64?

    /// The first look: where there is nothing to watch, the client is told by a problem.
    mutating func first() async throws -> StreamEvent? {
        let (event, version) = try await routes.look(errand)
        if case .gone(let view) = event, case .deleted(let at) = view.end {
            throw Problem(CartRejection.cartDeleted(at: at), in: .path)
        }
        defer { seen = version }
        return seen == version ? nil : event
    }

    @concurrent
    mutating func run(
        _ news: AsyncStream<News>,
        first: StreamEvent?,
        into writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(StreamEvent.opening)
        if let first, let seen { try await writer.write(first.bytes(seen)) }
        if case .gone? = first { return }
        for await item in news {
            guard let event = try await next(item) else {
                // Also how a client is found to have left.
                try await writer.write(StreamEvent.sign)
                continue
            }
            try await writer.write(event.bytes(seen ?? 0))
            if case .gone = event { return }
        }
    }

    /// What there is to show after some news; nil for nothing new, or nothing that can be had now: then the next news helps.
    private mutating func next(_ news: News) async throws -> StreamEvent? {
        let clock = ContinuousClock()
        let until = clock.now + Self.patience
        repeat {
            do throws(Problem) {
                let again = errand.until(clock.now + routes.policy.requestDeadline)
                let (event, version) = try await routes.look(again)
                if version != seen {
                    seen = version
                    return event
                }
            } catch {
                guard error.aftermath != nil else { throw error }
            }
            // The owner learns a little later than we that its commit is durable.
            guard case .committed(let published) = news, published.rawValue > seen ?? 0 else { return nil }
            try await clock.sleep(for: Self.pause)
        } while clock.now < until
        return nil
    }
}

/// What a stream shows.
private enum StreamEvent {
    case cart(CartView)
    /// Nothing more will come.
    case gone(GoneView)

    /// How soon a client that lost its connection comes again.
    static let opening = ByteBuffer(string: "retry: 1000\n\n")
    /// That the connection lives.
    static let sign = ByteBuffer(string: ":\n\n")

    /// The event as it is sent. JSON of ours holds no line end.
    func bytes(_ version: UInt64) -> ByteBuffer {
        var writer = JSONWriter(capacity: 1_024)
        switch self {
        case .cart(let view):
            writer.raw("event: cart\nid: ")
            writer.integer(version)
            writer.raw("\ndata: ")
            writer.cart(view)
        case .gone(let view):
            switch view.end {
            case .deleted: writer.raw("event: deleted\nid: ")
            case .merged: writer.raw("event: merged\nid: ")
            }
            writer.integer(version)
            writer.raw("\ndata: ")
            writer.gone(view)
        }
        writer.raw("\n\n")
        return writer.buffer
    }
}
