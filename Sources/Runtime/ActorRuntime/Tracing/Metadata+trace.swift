import Logging
import RequestTracing

extension Logger.Metadata {
    /// The details of a line about one request, which name its trace if it has one: asks are served on event
    /// loops, where the log cannot find the trace by itself.
    ///
    /// - Parameter trace: the request's place in its trace.
    static func request(_ details: Logger.Metadata, in trace: TraceContext?) -> Logger.Metadata {
        guard let trace else { return details }
        return details.merging(trace.logFields.mapValues { .string($0) }) { own, _ in own }
    }
}
