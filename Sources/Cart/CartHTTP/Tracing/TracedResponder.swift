import HTTPTypes
package import Hummingbird
import LibraryTracing
import RequestTracing

/// Records the requests that come to a responder of the framework: each that is sampled has a span, within which
/// the responder and the libraries that it calls work. The span ends with the head of the response.
package struct TracedResponder<Inner: HTTPResponder>: HTTPResponder {
    package typealias Context = Inner.Context

    private let inner: Inner
    private let tracing: HTTPTracing?
    private let route: @Sendable (String) -> String?

    /// - Parameters:
    ///   - tracing: nil: nothing is recorded.
    ///   - route: the template of a request target's path, if it is known.
    package init(
        _ inner: Inner,
        tracing: HTTPTracing?,
        route: @escaping @Sendable (String) -> String?
    ) {
        self.inner = inner
        self.tracing = tracing
        self.route = route
    }

    /// The response of the inner responder.
    @concurrent
    package func respond(to request: Request, context: Context) async throws -> Response {
        guard let tracing else { return try await inner.respond(to: request, context: context) }
        let fields = TraceFields(request.headers)
        let (parent, target) = (fields?.context, request.head.path ?? "")
        let span = tracing.recorder.beginRequest(
            tracing.title(request.method.rawValue, at: route(target)),
            from: parent,
            baggage: fields?.baggage ?? ""
        )
        guard let trace = span?.context ?? parent.map(tracing.recorder.passedOn) else {
            return try await inner.respond(to: request, context: context)
        }
        let inward = request.carrying(trace)
        return try await withTrace(trace) {
            do {
                let response = try await inner.respond(to: inward, context: context)
                span?.end(status: response.status.code)
                return response
            } catch {
                span?.endUnanswered()
                throw error
            }
        }
    }
}

extension TracedResponder {
    /// For the port of carts.
    package init(carts inner: Inner, tracing: HTTPTracing?) {
        self.init(inner, tracing: tracing) { CartResource(target: $0)?.route }
    }

    /// For the port of the retail store's clients.
    package init(retail inner: Inner, tracing: HTTPTracing?) {
        self.init(inner, tracing: tracing) { RetailResource(target: $0)?.route }
    }
}

extension Request {
    /// The same request as it is passed inward: it names the node's own span as its parent.
    fileprivate func carrying(_ trace: TraceContext) -> Request {
        var head = head
        head.headerFields[.traceParent] = trace.parent
        head.headerFields[.traceState] = trace.state.isEmpty ? nil : trace.state
        head.headerFields[.baggage] = trace.baggage.isEmpty ? nil : trace.baggage
        return Request(head: head, body: body)
    }
}

extension TraceFields {
    /// Nil where there is none.
    fileprivate convenience init?(_ fields: HTTPFields) {
        let values = Values(
            parent: fields[.traceParent],
            state: fields[.traceState],
            baggage: fields[.baggage]
        )
        guard values != Values() else { return nil }
        self.init(values)
    }
}
