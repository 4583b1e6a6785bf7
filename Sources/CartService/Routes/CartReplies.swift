import Cart
import HTTPTypes
import Hosting
import Hummingbird
import NIOCore

/// Puts carts and problems into responses.
struct CartReplies: Sendable {
    /// The node that answers.
    private let node: String
    private let retention: Int64
    private let isDraining: @Sendable () -> Bool
    private let ownNode: HTTPField

    init(node: String, retention: Duration, isDraining: @escaping @Sendable () -> Bool) {
        let (seconds, attoseconds) = retention.components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        self.node = node
        self.retention =
            overflow
            ? .max : milliseconds.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
        self.isDraining = isDraining
        self.ownNode = HTTPField(name: .cartNode, value: node)
    }

    /// A cart as it is to be shown.
    func view(_ id: CartID, _ cart: OpenCart, _ version: UInt64) -> CartView {
        CartView(id: id, cart: cart, version: version, retention: retention)
    }

    /// The cart of an accepted command, with its version as the entity tag.
    func cart(
        _ status: HTTPResponse.Status,
        _ view: CartView,
        by node: String,
        location: String? = nil
    ) -> Response {
        var writer = JSONWriter(capacity: view.capacity)
        writer.cart(view)
        var fields = fields(by: node)
        fields.append(Self.json)
        fields.append(HTTPField(name: .eTag, value: "\"\(view.version)\""))
        if let location { fields.append(HTTPField(name: .location, value: location)) }
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: writer.buffer))
    }

    /// Done, and there is no cart to show.
    func nothing(by node: String, allow: String? = nil) -> Response {
        var fields = fields(by: node)
        if let allow { fields.append(HTTPField(name: .allow, value: allow)) }
        return Response(status: .noContent, headers: fields)
    }

    /// An answer of this node's own, without a cart.
    func options(_ methods: String) -> Response { nothing(by: node, allow: methods) }

    /// No.
    func problem(_ problem: Problem) -> Response {
        var writer = JSONWriter(capacity: 512)
        writer.problem(problem)
        var fields = fields(by: problem.node ?? node)
        fields.append(Self.problemJSON)
        if let allow = problem.allow { fields.append(HTTPField(name: .allow, value: allow)) }
        if let version = problem.version { fields.append(HTTPField(name: .eTag, value: "\"\(version)\"")) }
        if let aftermath = problem.aftermath {
            fields.append(HTTPField(name: .retryAfter, value: String(aftermath.retryAfterSeconds)))
        }
        return Response(
            status: HTTPResponse.Status(code: problem.kind.status),
            headers: fields,
            body: ResponseBody(byteBuffer: writer.buffer)
        )
    }

    private func fields(by node: String) -> HTTPFields {
        var fields = HTTPFields()
        // What is added here and after, with the length and the date, without growing.
        fields.reserveCapacity(8)
        fields.append(node == self.node ? ownNode : HTTPField(name: .cartNode, value: node))
        if isDraining() { fields.append(Self.close) }
        return fields
    }

    private static let json = HTTPField(name: .contentType, value: "application/json")
    private static let problemJSON = HTTPField(name: .contentType, value: "application/problem+json")
    private static let close = HTTPField(name: .connection, value: "close")
}

extension HTTPField.Name {
    /// Which node answered.
    static let cartNode = parsed("Cart-Node")
    /// The caller's place in a trace (W3C Trace Context).
    static let traceParent = parsed("traceparent")

    private static func parsed(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
