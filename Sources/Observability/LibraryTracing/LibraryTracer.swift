package import RequestTracing
package import Tracing

/// Takes the spans that libraries make through swift-distributed-tracing into the traces of this node, and lets
/// them pass its contexts on.
package struct LibraryTracer: Tracer {
    private let recorder: SpanRecorder

    package init(_ recorder: SpanRecorder) {
        self.recorder = recorder
    }

    package func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> LibrarySpan {
        let context = context()
        let title = SpanTitle(operationName, RequestTracing.Span.Kind(kind))
        let (start, parent) = (instant().nanosecondsSinceEpoch, context.trace)
        let span =
            if let parent {
                parent.isSampled ? recorder.begin(title, within: parent, at: start) : nil
            } else {
                recorder.beginRequest(title, from: nil)
            }
        return LibrarySpan(span, name: operationName, in: context)
    }

    package func activeSpan(identifiedBy context: ServiceContext) -> LibrarySpan? { nil }

    package func forceFlush() {}

    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: "traceparent", from: carrier) else { return }
        context.trace = TraceContext(
            parent: parent,
            state: extractor.extract(key: "tracestate", from: carrier) ?? "",
            baggage: extractor.extract(key: "baggage", from: carrier) ?? ""
        )
    }

    package func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.parent, forKey: "traceparent", into: &carrier)
        if !trace.state.isEmpty { injector.inject(trace.state, forKey: "tracestate", into: &carrier) }
        if !trace.baggage.isEmpty { injector.inject(trace.baggage, forKey: "baggage", into: &carrier) }
    }
}

extension ServiceContext {
    private enum TraceKey: ServiceContextKey {
        typealias Value = TraceContext

        static var nameOverride: String? { "cart-node-trace" }
    }

    /// The place of the task's work in a trace.
    package var trace: TraceContext? {
        get { self[TraceKey.self] }
        set { self[TraceKey.self] = newValue }
    }

}

/// Has a task work within a span: what libraries record meanwhile is part of it.
@concurrent
package func withTrace<Result>(
    _ trace: TraceContext,
    _ body: @concurrent () async throws -> Result
) async rethrows -> Result {
    var context = ServiceContext.current ?? .topLevel
    context.trace = trace
    return try await ServiceContext.withValue(context, operation: body)
}

extension RequestTracing.Span.Kind {
    fileprivate init(_ kind: SpanKind) {
        switch kind {
        case .server, .consumer: self = .server
        case .client, .producer: self = .client
        case .internal: self = .internal
        }
    }
}
