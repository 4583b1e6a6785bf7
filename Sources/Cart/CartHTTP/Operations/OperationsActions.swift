package import Cart
internal import CartApplication
internal import HTTPTypes
package import Hummingbird
internal import NIOCore
internal import PercentEncoding

/// The actions of the operations port. Who may ask for them is decided before.
///
/// `POST /drain` drains the node as SIGTERM does, and answers before that is done. `POST /evict/{id}` has the
/// node release one cart in good order, and answers what became of it.
package struct OperationsActions: Sendable {
    /// The outcome of an eviction.
    package enum Eviction: String, Sendable, CaseIterable {
        /// The node has released it: nobody owns it until it is asked for again.
        case released
        /// It was not live on this node.
        case notLive = "not-live"
        /// It ended in another way, because another owner or another session came first.
        case ended
        /// It is still live, and will be released once it can be.
        case unfinished
    }

    private let drain: @Sendable () -> Void
    private let evict: @Sendable (CartID) async -> Eviction

    /// - Parameters:
    ///   - drain: begins the drain, if it has not begun; returns at once.
    ///   - evict: releases a cart, and returns what became of it in time.
    package init(
        drain: @escaping @Sendable () -> Void,
        evict: @escaping @Sendable (CartID) async -> Eviction
    ) {
        self.drain = drain
        self.evict = evict
    }

    /// Adds the routes to the operations port's router.
    package func add(to router: Router<some RequestContext>) {
        router.post("/drain") { [drain] _, _ in
            drain()
            var writer = JSONWriter(capacity: 32)
            writer.raw("{\"draining\":true}\n")
            return Self.response(.accepted, writer)
        }
        router.post("/evict/{id}") { [evict] _, context in
            do throws(CartRejection) {
                // The router leaves percent-encoding in place.
                let typed = context.parameters.get("id") ?? ""
                let id = try CartID(carried: PercentEncoding.decode(typed[...].utf8) ?? typed)
                return Self.response(to: await evict(id), of: id)
            } catch {
                return Response(Problem(.rejected(error)))
            }
        }
        for path in ["/drain", "/evict/{id}"] {
            router.get(RouterPath(path)) { _, _ in
                Response(Problem(HTTPRefusal.methodNotAllowed(allowed: "POST")))
            }
        }
    }

    private static func response(to eviction: Eviction, of id: CartID) -> Response {
        if eviction == .unfinished { return Response(Problem(OperationsRefusal.unfinishedEviction)) }
        var writer = JSONWriter(capacity: 128)
        writer.raw("{\"id\":")
        writer.string(id.text)
        writer.raw(",\"outcome\":")
        writer.string(eviction.rawValue)
        writer.raw("}\n")
        return response(.ok, writer)
    }

    private static func response(_ status: HTTPResponse.Status, _ writer: borrowing JSONWriter) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: writer.buffer)
        )
    }
}
