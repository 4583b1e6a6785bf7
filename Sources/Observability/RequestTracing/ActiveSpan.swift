/// A span under way. It is recorded when it ends; one that nobody ends leaves nothing behind.
///
/// It can end on another thread than it began.
package final class ActiveSpan: Sendable {
    /// The context for whoever is called within this span.
    package let context: TraceContext
    /// Nanoseconds since 1970-01-01 UTC.
    package let start: UInt64
    private let parent: SpanID?
    private let parentIsRemote: Bool
    private let name: String
    private let kind: Span.Kind
    private let attributes: [SpanAttribute]
    private let recorder: SpanRecorder

    init(
        _ context: TraceContext,
        under parent: SpanID?,
        isRemote: Bool,
        as title: SpanTitle,
        start: UInt64,
        recorder: SpanRecorder
    ) {
        self.context = context
        self.parent = parent
        parentIsRemote = isRemote
        name = title.name
        kind = title.kind
        attributes = title.attributes
        self.start = start
        self.recorder = recorder
    }

    /// Records the span. Called once.
    ///
    /// - Parameters:
    ///   - name: the name, if it became known after the beginning.
    ///   - more: the attributes that became known after the beginning.
    package func end(
        _ status: Span.Status = .unset,
        name: String? = nil,
        adding more: [SpanAttribute] = [],
        at end: UInt64? = nil
    ) {
        recorder.record(
            Span(
                trace: context.trace,
                id: context.span,
                parent: parent,
                parentIsRemote: parentIsRemote,
                flags: context.flags,
                state: context.state,
                name: name ?? self.name,
                kind: kind,
                start: start,
                // The wall clock may be set back.
                end: max(start, end ?? recorder.now()),
                attributes: attributes + more,
                status: status
            )
        )
    }

    /// Begins a span within this one.
    package func begin(_ title: SpanTitle, at start: UInt64? = nil) -> ActiveSpan {
        recorder.begin(title, within: context, at: start)
    }
}

/// What a span is, as far as that is known when it begins.
package struct SpanTitle: Sendable {
    let name: String
    let kind: Span.Kind
    let attributes: [SpanAttribute]

    /// - Parameter name: of few values: never with an id.
    package init(_ name: String, _ kind: Span.Kind, attributes: [SpanAttribute] = []) {
        self.name = name
        self.kind = kind
        self.attributes = attributes
    }
}
