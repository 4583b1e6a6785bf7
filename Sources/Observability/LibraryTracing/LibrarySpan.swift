import RequestTracing
import Synchronization
package import Tracing

/// A span of a library. Events and links are not kept.
package final class LibrarySpan: Tracing.Span {
    private struct State {
        var name: String
        var attributes = SpanAttributes()
        var error: String?
        var hasEnded = false
    }

    /// Nil where it is not recorded.
    private let span: ActiveSpan?
    package let context: ServiceContext
    private let state: Mutex<State>

    init(_ span: ActiveSpan?, name: String, in context: ServiceContext) {
        var context = context
        if let span { context.trace = span.context }
        self.span = span
        self.context = context
        state = Mutex(State(name: name))
    }

    package var isRecording: Bool { span != nil && !state.withLock { $0.hasEnded } }

    package var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }

    package var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { $0.attributes = newValue } }
    }

    package func setStatus(_ status: SpanStatus) {
        state.withLock { $0.error = status.code == .error ? status.message ?? "" : nil }
    }

    package func addEvent(_ event: SpanEvent) {}

    package func addLink(_ link: SpanLink) {}

    package func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        state.withLock { $0.error = "\(type(of: error))" }
    }

    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let last: State? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return state
        }
        guard let span, let last else { return }
        var attributes: [RequestTracing.SpanAttribute] = []
        last.attributes.forEach { name, value in
            guard let value = RequestTracing.SpanAttribute.Value(value) else { return }
            attributes.append(RequestTracing.SpanAttribute(name, value))
        }
        span.end(
            last.error.map { .error($0) } ?? .unset,
            name: last.name,
            adding: attributes,
            at: instant().nanosecondsSinceEpoch
        )
    }
}

extension RequestTracing.SpanAttribute.Value {
    /// Nil for a list, of which no span of this node has one.
    fileprivate init?(_ attribute: Tracing.SpanAttribute) {
        switch attribute {
        case .int32(let number): self = .number(Int64(number))
        case .int64(let number): self = .number(number)
        case .double(let number): self = .decimal(number)
        case .bool(let flag): self = .flag(flag)
        case .string(let text): self = .text(text)
        case .stringConvertible(let value): self = .text("\(value)")
        default: return nil
        }
    }
}
