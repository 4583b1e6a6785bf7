import Cart
import CartActor
import CartApplication
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Timing

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Puts carts and problems into answers.
struct CartResponseBuilder: Sendable {
    /// The node that answers.
    private let node: String
    private let retention: Int64
    private let isDraining: @Sendable () -> Bool

    init(node: String, retention: Duration, isDraining: @escaping @Sendable () -> Bool) {
        self.node = Self.legal(node)
        self.retention = retention.wholeMilliseconds
        self.isDraining = isDraining
    }

    /// A cart as it is to be shown.
    func view(of id: CartID, _ shown: PresentCart, version: UInt64) -> CartView {
        CartView(id: id, shown: shown, version: version, retention: retention)
    }

    /// The order that a cart is.
    func order(_ order: PlacedOrder) -> HTTPAnswer {
        var writer = JSONWriter(capacity: 512 + order.contents.lines.count * 320)
        writer.order(order)
        return shown(.ok, writer, version: order.version, by: order.node)
    }

    /// The cart of an accepted command, with its version as the entity tag.
    func cart(
        _ status: HTTPResponseStatus,
        _ view: CartView,
        by node: String,
        location: String? = nil,
        under idempotencyHeaders: IdempotencyHeaders? = nil
    ) -> HTTPAnswer {
        var writer = JSONWriter(capacity: view.capacity)
        writer.cart(view)
        return shown(
            status,
            writer,
            version: view.version,
            by: node,
            location: location,
            under: idempotencyHeaders
        )
    }

    /// Of an accepted command, what is left of the cart.
    func gone(
        _ status: HTTPResponseStatus,
        _ view: GoneCartView,
        by node: String,
        location: String?,
        under idempotencyHeaders: IdempotencyHeaders?
    ) -> HTTPAnswer {
        var writer = JSONWriter(capacity: 256)
        writer.gone(view)
        return shown(
            status,
            writer,
            version: view.version,
            by: node,
            location: location,
            under: idempotencyHeaders
        )
    }

    /// A cart's history, with its newest version as the entity tag.
    func history(_ history: CartHistory) -> HTTPAnswer {
        var writer = JSONWriter(capacity: 256 + history.commits.count * 256)
        writer.history(history)
        return shown(.ok, writer, version: history.version, by: node)
    }

    /// Events, as they come.
    func stream(_ body: @escaping @concurrent @Sendable (inout any ResponseBodyWriter) async throws -> Void)
        -> Response
    {
        var fields = fields(by: node)
        fields.append(("Content-Type", "text/event-stream"))
        fields.append(("Cache-Control", "no-store, no-transform"))
        // nginx collects answers otherwise, and passes events on late.
        fields.append(("X-Accel-Buffering", "no"))
        return Response(status: .ok, headers: HTTPAnswer(.ok, fields).httpFields, body: ResponseBody(body))
    }

    private func shown(
        _ status: HTTPResponseStatus,
        _ writer: borrowing JSONWriter,
        version: UInt64,
        by node: String,
        location: String? = nil,
        under idempotencyHeaders: IdempotencyHeaders? = nil
    ) -> HTTPAnswer {
        var fields = fields(by: node)
        fields.append(("Content-Type", "application/json"))
        fields.append(Self.revalidated)
        fields.append(("ETag", EntityTags.tag(of: version)))
        if let location { fields.append(("Location", location)) }
        idempotencyHeaders?.append(to: &fields)
        return HTTPAnswer(status, fields, body: writer.buffer)
    }

    /// The client has what it would be shown.
    ///
    /// - Parameter node: the node that answers; nil for this one.
    func notModified(since version: UInt64, by node: String? = nil) -> HTTPAnswer {
        var fields = fields(by: node ?? self.node)
        fields.append(Self.revalidated)
        fields.append(("ETag", EntityTags.tag(of: version)))
        return HTTPAnswer(.notModified, fields)
    }

    /// Done, and there is no cart to show.
    func nothing(by node: String, allow: String? = nil, under idempotencyHeaders: IdempotencyHeaders? = nil)
        -> HTTPAnswer
    {
        var fields = fields(by: node)
        idempotencyHeaders?.append(to: &fields)
        if let allow { fields.append(("Allow", allow)) }
        return HTTPAnswer(.noContent, fields)
    }

    /// An answer of this node's own: there is nothing to show, and there will not be.
    func nothing() -> HTTPAnswer { nothing(by: node) }

    /// An answer of this node's own, without a cart.
    func options(_ methods: String) -> HTTPAnswer { nothing(by: node, allow: methods) }

    /// The answer to a request that is refused.
    func problem(_ problem: Problem) -> HTTPAnswer {
        var writer = JSONWriter(capacity: 512)
        writer.problem(problem)
        var fields = fields(by: problem.node ?? node)
        fields.append(("Content-Type", "application/problem+json"))
        for field in problem.fields { fields.append((field.name.rawName, field.value)) }
        if let version = problem.version { fields.append(("ETag", EntityTags.tag(of: version))) }
        if let retryAdvice = problem.retryAdvice {
            fields.append(("Retry-After", String(retryAdvice.retryAfterSeconds)))
        }
        return HTTPAnswer(HTTPResponseStatus(statusCode: problem.kind.status), fields, body: writer.buffer)
    }

    /// The header fields and the body of the answer to a request that is refused.
    func problemParts(_ problem: Problem) -> (HTTPFields, ByteBuffer) {
        let answer = self.problem(problem)
        return (answer.httpFields, answer.body)
    }

    private func fields(by node: String) -> [(String, String)] {
        var fields: [(String, String)] = []
        // Room for the fields that are added here and later, with the length and the date, without growing.
        fields.reserveCapacity(10)
        // Another node's name came over the link.
        fields.append(("Cart-Node", node == self.node ? node : Self.legal(node)))
        if isDraining() { fields.append(("Connection", "close")) }
        return fields
    }

    /// A value without what would end a header field.
    private static func legal(_ value: String) -> String { HTTPField(name: .cartNode, value: value).value }

    /// A cart is its customer's, and may be kept if it is asked for anew before each use. Anything that changed
    /// the answer on its way would change its version.
    private static var revalidated: (String, String) {
        ("Cache-Control", "private, no-cache, no-transform")
    }
}

/// The header fields of an answer to a change that has a key.
struct IdempotencyHeaders: Equatable, Sendable {
    /// The version that the change was committed as.
    let version: UInt64
    /// True if that was before this request came.
    let isReplay: Bool

    /// Nil where the client sent no key.
    init?(_ accepted: AcceptedCommand, under key: IdempotencyKey?) {
        guard key != nil else { return nil }
        let replayed = accepted.reply.replayed
        version = replayed ?? accepted.sequence
        isReplay = replayed != nil
    }

    func append(to fields: inout [(String, String)]) {
        fields.append(("Idempotency-Version", String(version)))
        if isReplay { fields.append(("Idempotency-Replayed", "true")) }
    }
}
