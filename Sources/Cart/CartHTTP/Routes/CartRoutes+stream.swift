import ActorRuntime
import Cart
import CartActor
import CartApplication
import HTTPTypes
import Hummingbird
import NIOCore

extension CartRoutes {
    /// Shows the cart now and whenever it changed, as server-sent events (HTML Living Standard, 9.2), until
    /// the cart is deleted or merged into another, the client leaves, or the node does.
    ///
    /// Each event holds the whole cart, and its version as the id. Versions that follow each other faster
    /// than they can be shown are skipped; the newest never is. A client that comes again with
    /// `Last-Event-ID` is not shown that version again.
    func stream(_ id: CartID, _ context: CallContext, after lastEvent: String?) async throws -> Response {
        do throws(WatchFailure) {
            var watch = try application.watch(
                id,
                context,
                seen: lastEvent.flatMap { UInt64($0) }
            )
            let first = try await watch.first()
            return responses.stream { [watch] writer in
                var watch = watch
                try await run(&watch, of: id, from: first, into: &writer)
                try await writer.finish(nil)
            }
        } catch {
            throw Refusal(error)
        }
    }

    @concurrent
    private func run(
        _ watch: inout CartWatch<Dispatcher>,
        of cart: CartID,
        from first: CartUpdate?,
        into writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(StreamEvent.opening)
        if let first { try await writer.write(event(cart, first).bytes(first.version)) }
        if first?.isLast == true { return }
        for await notification in watch.notifications {
            guard let update = try await watch.next(notification) else {
                // Also how a client is found to have left.
                try await writer.write(StreamEvent.sign)
                continue
            }
            try await writer.write(event(cart, update).bytes(update.version))
            if update.isLast { return }
        }
    }

    private func event(_ cart: CartID, _ update: CartUpdate) throws -> StreamEvent {
        let version = update.version
        switch update.content {
        case .deleted(let at):
            return .gone(GoneCartView(id: cart, version: version, end: .deleted(at: at)))
        case .cart(let state):
            if let shown = PresentCart(state) {
                return .cart(responses.view(of: cart, shown, version: version))
            }
            guard let end = GoneCart(state) else { throw Refusal.contradiction("a cart that is not there") }
            return .gone(GoneCartView(id: cart, version: version, end: end))
        }
    }
}

/// An event of a stream.
private enum StreamEvent {
    case cart(CartView)
    /// Nothing more will come.
    case gone(GoneCartView)

    /// Tells the client to reconnect a second after a lost connection.
    static let opening = ByteBuffer(string: "retry: 1000\n\n")
    /// A comment, as a sign that the connection is alive.
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
