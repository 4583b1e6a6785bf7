/// The finished spans that wait to be exported, within a limit. Decides when a batch leaves, and what is dropped.
package struct SpanBatcher: Sendable {
    package struct Limits: Hashable, Sendable {
        /// The most spans that wait. A span that finds as many is dropped.
        package var queue: Int
        /// The most spans of a batch, no more than `queue`.
        package var batch: Int

        package init(queue: Int = 2_048, batch: Int = 512) {
            self.queue = queue
            self.batch = min(batch, queue)
        }
    }

    package let limits: Limits
    private var waiting: [Span] = []
    /// The number of spans that found no room.
    package private(set) var dropped: UInt64 = 0
    private var isClosed = false

    package init(_ limits: Limits) {
        self.limits = limits
    }

    package var count: Int { waiting.count }

    /// Takes a span, if there is room.
    ///
    /// - Returns: true if this span makes a batch full, so that it is to leave without waiting for its time.
    package mutating func add(_ span: Span) -> Bool {
        guard !isClosed, waiting.count < limits.queue else {
            dropped += 1
            return false
        }
        waiting.append(span)
        return waiting.count % limits.batch == 0
    }

    /// The oldest spans, no more than a batch; empty if none waits.
    package mutating func next() -> [Span] {
        if waiting.count <= limits.batch { return take() }
        let batch = Array(waiting.prefix(limits.batch))
        waiting.removeFirst(limits.batch)
        return batch
    }

    /// True if the next batch is full.
    package var isFull: Bool { waiting.count >= limits.batch }

    /// Drops all that waits and whatever still comes: nobody will export it.
    package mutating func close() {
        isClosed = true
        dropped += UInt64(take().count)
    }

    private mutating func take() -> [Span] {
        let all = waiting
        waiting = []
        return all
    }
}
