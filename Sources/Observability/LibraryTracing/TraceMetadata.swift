package import Logging
import RequestTracing
import Tracing

extension Logger.MetadataProvider {
    /// Names the trace and the span within which a task logs, recorded or not. Asked for each line that is logged,
    /// and for nothing else.
    package static let traces = Logger.MetadataProvider {
        ServiceContext.current?.trace?.logFields.mapValues { .string($0) } ?? [:]
    }
}
