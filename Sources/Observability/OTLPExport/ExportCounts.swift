package import MetricReadings

/// What became of spans since the process began. Plain numbers.
package struct ExportCounts: Sendable {
    package enum Loss: String, CaseIterable, Sendable {
        /// Too many spans waited.
        case queueFull = "queue_full"
        /// The collector could not be reached, or refused the batch, until the time for it was over.
        case failed
        /// The collector took the batch, but not these.
        case rejected
    }

    package enum Result: String, CaseIterable, Sendable {
        case delivered, failed
    }

    /// Spans that the collector took.
    package internal(set) var exported: UInt64 = 0
    /// Spans that no collector has, by reason; those that found no room are counted by the queue.
    var failed: UInt64 = 0
    var rejected: UInt64 = 0
    /// Batches that were delivered or given up, by the time from the first try to the last one's end.
    var delivered = DurationHistogram()
    var givenUp = DurationHistogram()

    package init() {}

    package func batches(_ result: Result) -> DurationHistogram {
        switch result {
        case .delivered: delivered
        case .failed: givenUp
        }
    }
}
