import ActorRuntime
import Cart
import HTTPTypes
import Hummingbird
import NIOCore

extension CartRoutes {
    /// Shows the cart now and whenever it changed, as server-sent events (HTML Living Standard, 9.2), until the cart is
    /// deleted or merged into another, the client leaves, or the node does.
    ///
    /// Each event holds the whole cart, and its version as the id. Versions that follow each other faster than they can be
    /// shown are skipped; the newest never is. A client that comes again with `Last-Event-ID` is not shown that version again.
    func stream(_ cartRequest: CartRequest, _ request: Request) async throws -> Response {
        do throws(WatchFailure) {
            let news = try CartWatch<Dispatcher>.notifications(of: cartRequest.cart, dependencies)
            var watch = CartWatch(
                cartRequest.cart,
                dispatcher: dispatcher,
                trace: cartRequest.trace,
                readDeadline: policy.requestDeadline,
                seen: request.headers[.lastEventID].flatMap { UInt64($0) }
            )
            let first = try await watch.first(by: cartRequest.deadline)
            return responses.stream { [watch] writer in
                var watch = watch
                try await run(cartRequest.cart, news, &watch, first, into: &writer)
                try await writer.finish(nil)
            }
        } catch {
            throw Problem(error)
        }
    }

    @concurrent
    private func run(
        _ cart: CartID,
        _ news: AsyncStream<ChangeNotification>,
        _ watch: inout CartWatch<Dispatcher>,
        _ first: CartWatch<Dispatcher>.Update?,
        into writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(StreamEvent.opening)
        if let first { try await writer.write(event(cart, first, watch.seen).bytes(watch.seen ?? 0)) }
        if first?.isLast == true { return }
        for await item in news {
            guard let update = try await watch.next(item) else {
                // Also how a client is found to have left.
                try await writer.write(StreamEvent.sign)
                continue
            }
            try await writer.write(event(cart, update, watch.seen).bytes(watch.seen ?? 0))
            if update.isLast { return }
        }
    }

    private func event(
        _ cart: CartID,
        _ update: CartWatch<Dispatcher>.Update,
        _ version: UInt64?
    ) throws -> StreamEvent {
        let version = version ?? 0
        switch update {
        case .deleted(let at):
            return .gone(GoneCartView(id: cart, version: version, end: .deleted(at: at)))
        case .cart(let state):
            if let shown = PresentCart(state) { return .cart(responses.view(cart, shown, version)) }
            guard let end = GoneCart(state) else { throw Problem.contradiction("a cart that is not there") }
            return .gone(GoneCartView(id: cart, version: version, end: end))
        }
    }
}

/// What a stream shows.
private enum StreamEvent {
    case cart(CartView)
    /// Nothing more will come.
    case gone(GoneCartView)

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
