/// Begins spans, and keeps those that ended for the exporter. A node that records none has no recorder.
package final class SpanRecorder: Sendable {
    package let sampler: Sampler
    /// The finished spans that wait for the exporter.
    package let queue: SpanQueue
    /// Nanoseconds since 1970-01-01 UTC.
    package let now: @Sendable () -> UInt64
    private let random: @Sendable () -> UInt64
    /// Makes a name of an actor's id for spans, by which nobody can tell the id; nil: spans name no actor.
    package let pseudonym: (@Sendable (String) -> String)?

    /// - Parameters:
    ///   - now: the wall clock, nanoseconds since 1970-01-01 UTC.
    ///   - random: the source of ids.
    ///   - pseudonym: makes a name of an actor's id for spans; nil: spans name no actor.
    package init(
        _ sampler: Sampler,
        queue: SpanQueue,
        now: @escaping @Sendable () -> UInt64,
        random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) },
        pseudonym: (@Sendable (String) -> String)? = nil
    ) {
        self.sampler = sampler
        self.queue = queue
        self.now = now
        self.random = random
        self.pseudonym = pseudonym
    }

    func record(_ span: Span) { queue.add(span) }

    // MARK: Requests from outside

    /// Begins the span of a request that came from outside.
    ///
    /// - Parameter parent: the caller's context, if it gave one.
    /// - Returns: nil if the request is not recorded.
    package func beginRequest(
        _ title: @autoclosure () -> SpanTitle,
        from parent: TraceContext?,
        baggage: String = ""
    ) -> ActiveSpan? {
        if let parent {
            return sampler.takes(parent) ? begin(title(), within: parent, isRemote: true) : nil
        }
        guard sampler.mayBegin else { return nil }
        let low = random()
        return sampler.rule.takes(low: low) ? beginTrace(title(), low: low, baggage: baggage) : nil
    }

    /// Begins a trace that was drawn.
    ///
    /// - Parameter low: the last 8 bytes of its id.
    package func beginTrace(_ title: SpanTitle, low: UInt64, baggage: String = "") -> ActiveSpan {
        let context = TraceContext(
            trace: nextTrace(low: low),
            span: nextSpan(),
            flags: [.sampled, .random],
            baggage: baggage
        )
        return ActiveSpan(context, under: nil, isRemote: false, as: title, start: now(), recorder: self)
    }

    /// Draws the traces that begin at one place; nil if none does.
    package var rootSampler: RootSampler? {
        sampler.mayBegin ? RootSampler(sampler.rule, seed: random()) : nil
    }

    /// The context to pass on with a request that is not recorded: as the caller gave it, but for the flag that
    /// this node records it.
    package func passedOn(_ parent: TraceContext) -> TraceContext {
        guard parent.isSampled else { return parent }
        return parent.calling(from: parent.span, flags: parent.flags.subtracting(.sampled))
    }

    // MARK: Work within the node

    /// Begins a span within a recorded one.
    ///
    /// - Parameter parent: the context that the recorded span gave.
    package func begin(
        _ title: SpanTitle,
        within parent: TraceContext,
        isRemote: Bool = false,
        at start: UInt64? = nil
    ) -> ActiveSpan {
        ActiveSpan(
            parent.calling(from: nextSpan(), flags: parent.flags.union(.sampled)),
            under: parent.span,
            isRemote: isRemote,
            as: title,
            start: start ?? now(),
            recorder: self
        )
    }

    private func nextSpan() -> SpanID {
        while true {
            if let id = SpanID(random()) { return id }
        }
    }

    private func nextTrace(low: UInt64) -> TraceID {
        while true {
            if let id = TraceID(high: random(), low: low) { return id }
        }
    }
}
