import HTTPTypes
import NIOHTTP1
package import RequestTracing

/// The recording of requests to one of the node's HTTP ports. A port that records nothing has none.
package final class HTTPTracing: Sendable {
    let recorder: SpanRecorder
    private let server: [SpanAttribute]

    /// - Parameters:
    ///   - host: the address of the port.
    ///   - port: 0 where any free one is taken, which then is not told.
    package init(_ recorder: SpanRecorder, host: String, port: Int) {
        self.recorder = recorder
        var attributes = [
            SpanAttribute("url.scheme", text: "http"), SpanAttribute("server.address", text: host),
            SpanAttribute("network.protocol.version", text: "1.1"),
        ]
        if port != 0 { attributes.append(SpanAttribute("server.port", number: port)) }
        server = attributes
    }

    /// The name, kind and attributes of a request's span (OpenTelemetry's semantic conventions for HTTP servers).
    /// They hold the template of the path and never the path itself, which contains ids.
    ///
    /// - Parameter route: the template of the path; nil for a path that the port does not know.
    func title(_ method: String, at route: String?) -> SpanTitle {
        let isKnown = Self.methods.contains(method)
        var attributes = server + [SpanAttribute("http.request.method", text: isKnown ? method : "_OTHER")]
        if let route { attributes.append(SpanAttribute("http.route", text: route)) }
        let name = isKnown ? method : "HTTP"
        return SpanTitle(route.map { "\(name) \($0)" } ?? name, .server, attributes: attributes)
    }

    private static let methods: Set = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE",
    ]
}

extension ActiveSpan {
    /// Ends the span of a request that is answered.
    func end(status: Int) {
        let code = SpanAttribute("http.response.status_code", number: status)
        guard status >= 500 else { return end(adding: [code]) }
        end(.error(""), adding: [code, SpanAttribute("error.type", text: "\(status)")])
    }

    /// Ends the span of a request that gets no answer.
    func endUnanswered() {
        end(.error(""), adding: [SpanAttribute("error.type", text: "unanswered")])
    }
}

extension CartResource {
    /// The template of the path.
    var route: String {
        switch self {
        case .carts: Self.root
        case .cart: "/v1/carts/{id}"
        case .history: "/v1/carts/{id}/history"
        case .stream: "/v1/carts/{id}/stream"
        case .lines: "/v1/carts/{id}/lines"
        case .line: "/v1/carts/{id}/lines/{lineId}"
        case .price: "/v1/carts/{id}/lines/{lineId}/price"
        case .actions: "/v1/carts/{id}/actions"
        case .takeOut: "/v1/carts/{id}/take-out"
        case .checkout: "/v1/carts/{id}/checkout"
        case .cancellation: "/v1/carts/{id}/checkout/cancel"
        case .order: "/v1/carts/{id}/order"
        case .merge: "/v1/carts/{id}/merge"
        }
    }
}

extension RetailResource {
    /// The template of the path.
    var route: String {
        switch self {
        case .cart: "/carts/{customerId}"
        case .merge: "/carts/{customerId}/merge"
        case .items: "/carts/{customerId}/items"
        case .item: "/carts/{customerId}/items/{itemId}"
        }
    }
}
