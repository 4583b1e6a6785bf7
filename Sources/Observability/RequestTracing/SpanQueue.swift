import Synchronization

/// The way of finished spans from all threads to the exporter. Only spans of recorded requests come by its lock.
package final class SpanQueue: Sendable {
    private let batcher: Mutex<SpanBatcher>
    private let signal = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    package init(_ limits: SpanBatcher.Limits) {
        batcher = Mutex(SpanBatcher(limits))
    }

    /// Keeps a span for the exporter, or drops it where too many wait. Never blocks for long.
    func add(_ span: Span) {
        let isFull = batcher.withLock { $0.add(span) }
        if isFull { wakeUp() }
    }

    /// Has the exporter take what waits.
    package func wakeUp() { signal.continuation.yield() }

    /// Tells when a batch is full, and when somebody calls `wakeUp`. For one exporter.
    package var wakeUps: AsyncStream<Void> { signal.stream }

    package func withBatcher<Result: Sendable>(_ body: (inout SpanBatcher) -> Result) -> Result {
        batcher.withLock { body(&$0) }
    }
}
