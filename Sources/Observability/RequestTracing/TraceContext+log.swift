extension TraceContext {
    /// What names the trace and the span in a line of the log.
    package var logFields: [String: String] { ["trace_id": trace.text, "span_id": span.text] }
}
