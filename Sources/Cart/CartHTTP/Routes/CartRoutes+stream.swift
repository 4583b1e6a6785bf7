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
    ///
    /// A browser's `EventSource` comes again after a stream that ended, and never after a status other than
    /// 200. So the answer is 200 as long as coming again may help: the cart follows once it can be read.
    /// A client that has seen the end of a merged cart gets 204, and stays away.
    func stream(_ id: CartID, _ context: CallContext, after lastEvent: String?) async throws -> Response {
        let seen = lastEvent.flatMap { UInt64($0) }
        var context = context
        context.deadline = min(
            context.deadline,
            application.deadline(asked: application.policy.firstReadOfWatch)
        )
        var watch: CartWatch<Dispatcher>
        do {
            watch = try application.watch(id, context, seen: seen)
        } catch {
            return responses.stream { writer in
                try await writer.write(StreamEvent.later)
                try await writer.finish(nil)
            }
        }
        let first: CartUpdate?
        var isRead = true
        do {
            first = try await watch.first()
        } catch .rejected(let rejection) {
            throw Refusal(rejection)
        } catch .host {
            (first, isRead) = (nil, false)
        }
        if let first, first.isLast, let seen, seen >= first.version { return Response(responses.nothing()) }
        return responses.stream { [watch, isRead] writer in
            var watch = watch
            do {
                try await run(&watch, of: id, from: first, isRead: isRead, into: &writer)
            } catch is WatchFailure {
                // The cart is not there any more. A client that comes again is told so.
            }
            try await writer.finish(nil)
        }
    }

    /// The answer to HEAD: that of GET without its body. Nothing is watched.
    func headOfStream(_ id: CartID, _ context: CallContext) async throws -> Response {
        do {
            _ = try await application.show(id, context)
        } catch  where error.retryAdvice == nil {
            throw error
        } catch {
            // GET waits for the cart.
        }
        return responses.stream { try await $0.finish(nil) }
    }

    @concurrent
    private func run(
        _ watch: inout CartWatch<Dispatcher>,
        of cart: CartID,
        from first: CartUpdate?,
        isRead: Bool,
        into writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(StreamEvent.opening)
        var (first, isRead) = (first, isRead)
        while !isRead, !application.dependencies.isDraining() {
            try await writer.write(StreamEvent.sign)
            do {
                first = try await watch.firstAfterPause()
                isRead = true
            } catch WatchFailure.host {
                // The owner may be dead, and its lease not over.
            }
        }
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
    /// All that a client is told that should come again, to another node or later.
    static let later = ByteBuffer(string: "retry: 3000\n: the node cannot open another stream now\n\n")
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
