import NIOHTTP1
import RequestTracing

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// The trace context of a plain request, and its span if it is recorded. Few requests have one.
struct LaneTrace {
    /// The context for the cart's owner.
    let context: TraceContext
    /// Nil where the request is not recorded.
    let span: ActiveSpan?
}

/// Begins what is recorded of the plain requests of one connection.
final class LaneTraces {
    private let tracing: HTTPTracing?
    /// True if traces may begin here.
    private let mayBegin: Bool
    /// Nil where none does.
    private var roots: RootSampler?

    init(_ tracing: HTTPTracing?) {
        self.tracing = tracing
        roots = tracing?.recorder.rootSampler
        mayBegin = roots != nil
    }

    /// The trace of a request that comes; nil if it has none. One whose request takes the other lane after all is
    /// dropped.
    func begin(
        _ method: HTTPMethod,
        of resource: CartResource,
        fields: RequestFields
    ) -> LaneTrace? {
        guard fields.trace != nil || mayBegin else { return nil }
        return beginIfTraced(method, of: resource, trace: fields.trace)
    }

    private func beginIfTraced(
        _ method: HTTPMethod,
        of resource: CartResource,
        trace fields: TraceFields?
    ) -> LaneTrace? {
        let parent = fields?.context
        guard let tracing else { return parent.map { LaneTrace(context: $0, span: nil) } }
        let recorder = tracing.recorder
        if let parent {
            let span = recorder.beginRequest(
                tracing.title(method.rawValue, at: resource.route),
                from: parent
            )
            return LaneTrace(context: span?.context ?? recorder.passedOn(parent), span: span)
        }
        guard let low = roots?.draw() else { return nil }
        let title = tracing.title(method.rawValue, at: resource.route)
        let span = recorder.beginTrace(title, low: low, baggage: fields?.baggage ?? "")
        return LaneTrace(context: span.context, span: span)
    }
}

@available(*, unavailable)
extension LaneTraces: Sendable {}
