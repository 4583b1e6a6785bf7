import Cart
import CartActor
import CartApplication
import HTTPTypes
import Hummingbird
import NIOCore
import Timing

/// Puts carts and problems into responses.
struct CartResponseBuilder: Sendable {
    /// The node that answers.
    private let node: String
    private let retention: Int64
    private let isDraining: @Sendable () -> Bool
    private let ownNode: HTTPField

    init(node: String, retention: Duration, isDraining: @escaping @Sendable () -> Bool) {
        self.node = node
        self.retention = retention.wholeMilliseconds
        self.isDraining = isDraining
        self.ownNode = HTTPField(name: .cartNode, value: node)
    }

    /// A cart as it is to be shown.
    func view(of id: CartID, _ shown: PresentCart, version: UInt64) -> CartView {
        CartView(id: id, shown: shown, version: version, retention: retention)
    }

    /// The order that a cart is.
    func order(_ order: PlacedOrder) -> Response {
        var writer = JSONWriter(capacity: 512 + order.contents.lines.count * 320)
        writer.order(order)
        return shown(.ok, writer, version: order.version, by: order.node)
    }

    /// The cart of an accepted command, with its version as the entity tag.
    func cart(
        _ status: HTTPResponse.Status,
        _ view: CartView,
        by node: String,
        location: String? = nil,
        under idempotencyHeaders: IdempotencyHeaders? = nil
    ) -> Response {
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
        _ status: HTTPResponse.Status,
        _ view: GoneCartView,
        by node: String,
        location: String?,
        under idempotencyHeaders: IdempotencyHeaders?
    ) -> Response {
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
    func history(_ history: CartHistory) -> Response {
        var writer = JSONWriter(capacity: 256 + history.commits.count * 256)
        writer.history(history)
        return shown(.ok, writer, version: history.version, by: node)
    }

    /// Events, as they come.
    func stream(_ body: @escaping @concurrent @Sendable (inout any ResponseBodyWriter) async throws -> Void)
        -> Response
    {
        var fields = fields(by: node)
        fields.append(HTTPField(name: .contentType, value: "text/event-stream"))
        fields.append(HTTPField(name: .cacheControl, value: "no-store, no-transform"))
        // nginx collects answers otherwise, and passes events on late.
        fields.append(HTTPField(name: .accelBuffering, value: "no"))
        return Response(status: .ok, headers: fields, body: ResponseBody(body))
    }

    private func shown(
        _ status: HTTPResponse.Status,
        _ writer: JSONWriter,
        version: UInt64,
        by node: String,
        location: String? = nil,
        under idempotencyHeaders: IdempotencyHeaders? = nil
    ) -> Response {
        var fields = fields(by: node)
        fields.append(Self.json)
        fields.append(Self.revalidated)
        fields.append(HTTPField(name: .eTag, value: "\"\(version)\""))
        if let location { fields.append(HTTPField(name: .location, value: location)) }
        idempotencyHeaders?.append(to: &fields)
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: writer.buffer))
    }

    /// The client has what it would be shown.
    ///
    /// - Parameter node: the node that answers; nil for this one.
    func notModified(since version: UInt64, by node: String? = nil) -> Response {
        var fields = fields(by: node ?? self.node)
        fields.append(Self.revalidated)
        fields.append(HTTPField(name: .eTag, value: "\"\(version)\""))
        return Response(status: .notModified, headers: fields)
    }

    /// Done, and there is no cart to show.
    func nothing(by node: String, allow: String? = nil, under idempotencyHeaders: IdempotencyHeaders? = nil)
        -> Response
    {
        var fields = fields(by: node)
        idempotencyHeaders?.append(to: &fields)
        if let allow { fields.append(HTTPField(name: .allow, value: allow)) }
        return Response(status: .noContent, headers: fields)
    }

    /// An answer of this node's own: there is nothing to show, and there will not be.
    func nothing() -> Response { nothing(by: node) }

    /// An answer of this node's own, without a cart.
    func options(_ methods: String) -> Response { nothing(by: node, allow: methods) }

    /// The answer to a request that is refused.
    func problem(_ problem: Problem) -> Response {
        let (fields, body) = problemParts(problem)
        return Response(
            status: HTTPResponse.Status(code: problem.kind.status),
            headers: fields,
            body: ResponseBody(byteBuffer: body)
        )
    }

    /// The header fields and the body of the answer to a request that is refused.
    func problemParts(_ problem: Problem) -> (HTTPFields, ByteBuffer) {
        var writer = JSONWriter(capacity: 512)
        writer.problem(problem)
        var fields = fields(by: problem.node ?? node)
        fields.append(Self.problemJSON)
        for field in problem.fields { fields.append(field) }
        if let version = problem.version {
            fields.append(HTTPField(name: .eTag, value: "\"\(version)\""))
        }
        if let retryAdvice = problem.retryAdvice {
            fields.append(HTTPField(name: .retryAfter, value: String(retryAdvice.retryAfterSeconds)))
        }
        return (fields, writer.buffer)
    }

    private func fields(by node: String) -> HTTPFields {
        var fields = HTTPFields()
        // Room for the fields that are added here and later, with the length and the date, without growing.
        fields.reserveCapacity(8)
        fields.append(node == self.node ? ownNode : HTTPField(name: .cartNode, value: node))
        if isDraining() { fields.append(Self.close) }
        return fields
    }

    /// A cart is its customer's, and may be kept if it is asked for anew before each use. Anything that changed
    /// the answer on its way would change its version.
    private static let revalidated = HTTPField(name: .cacheControl, value: "private, no-cache, no-transform")
    private static let json = HTTPField(name: .contentType, value: "application/json")
    private static let problemJSON = HTTPField(name: .contentType, value: "application/problem+json")
    private static let close = HTTPField(name: .connection, value: "close")
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

    func append(to fields: inout HTTPFields) {
        fields.append(HTTPField(name: .idempotencyVersion, value: String(version)))
        if isReplay { fields.append(HTTPField(name: .idempotencyReplayed, value: "true")) }
    }
}

extension HTTPField.Name {
    /// The name of the node that answered.
    static let cartNode = parsed("Cart-Node")
    /// The caller's place in a trace (W3C Trace Context).
    static let traceParent = parsed("traceparent")

    /// The client's name for its request.
    static let idempotencyKey = parsed("Idempotency-Key")
    /// The version that a change under a key was committed as: a bare number.
    static let idempotencyVersion = parsed("Idempotency-Version")
    /// `true` where a change under a key was made before and not now.
    static let idempotencyReplayed = parsed("Idempotency-Replayed")

    /// `no` where nginx must not buffer an answer.
    static let accelBuffering = parsed("X-Accel-Buffering")

    /// The version that a client of a stream saw last.
    static let lastEventID = parsed("Last-Event-ID")

    private static func parsed(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
