/// A source of readings, asked at each scrape.
///
/// Its owner keeps plain numbers and counts without a lock, confined to its loop or actor; asked for them, it
/// hands out a copy. So counting costs the hot path an addition. Several collectors may feed one metric, as
/// the partitions of a node do: what they tell adds up.
package struct MetricCollector: Sendable {
    package typealias Answer = @Sendable (Readings) -> Void

    /// The metrics that it feeds. If it does not answer in time, the scrape leaves all of these out: a counter
    /// with a part missing would look as if the process had started again.
    package let metrics: [Metric]
    /// Asks for the readings. The source answers at once or later, on any thread, at most once.
    package let ask: @Sendable (@escaping Answer) -> Void

    /// A source that answers later, such as one that is confined to an event loop.
    package init(of metrics: [Metric], ask: @escaping @Sendable (@escaping Answer) -> Void) {
        self.metrics = metrics
        self.ask = ask
    }

    /// A source that any thread can read at once.
    ///
    /// - Parameter read: adds its readings. It must not wait.
    package init(of metrics: [Metric], read: @escaping @Sendable (inout Readings) -> Void) {
        self.init(of: metrics) { answer in
            var readings = Readings()
            read(&readings)
            answer(readings)
        }
    }
}
