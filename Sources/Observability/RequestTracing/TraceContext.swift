/// A place in a trace, as it is passed from caller to callee: the span that calls, and what travels with it.
///
/// A class that never changes: nearly all requests have none, which then costs one word and nothing to copy.
package final class TraceContext: Sendable {
    package let trace: TraceID
    /// The span that calls.
    package let span: SpanID
    package let flags: TraceFlags
    /// The `tracestate` of other vendors, within its limits; or empty.
    package let state: String
    /// The `baggage` of the caller, within its limits; or empty.
    package let baggage: String

    /// - Parameters:
    ///   - span: the span that calls.
    ///   - state: within the limits of `TraceState`.
    ///   - baggage: within the limits of `Baggage`.
    package init(trace: TraceID, span: SpanID, flags: TraceFlags, state: String = "", baggage: String = "") {
        self.trace = trace
        self.span = span
        self.flags = flags
        self.state = state
        self.baggage = baggage
    }

    package var isSampled: Bool { flags.contains(.sampled) }

    /// The context of a call that a span of the same trace makes.
    package func calling(from span: SpanID, flags: TraceFlags) -> TraceContext {
        TraceContext(trace: trace, span: span, flags: flags, state: state, baggage: baggage)
    }
}

extension TraceContext: Hashable {
    package static func == (one: TraceContext, other: TraceContext) -> Bool {
        one === other
            || one.trace == other.trace && one.span == other.span && one.flags == other.flags
                && one.state == other.state && one.baggage == other.baggage
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(trace)
        hasher.combine(span)
    }
}

extension TraceContext {
    /// The number of characters of a `traceparent` of version 00.
    package static let parentCount = 55

    /// The context that header fields give (W3C Trace Context Level 2).
    ///
    /// - Parameters:
    ///   - parent: `traceparent`. The values of several fields are joined by commas, which is malformed.
    ///   - state: `tracestate`. What is malformed or too long of it is dropped.
    ///   - baggage: `baggage`. What is too long of it is dropped.
    /// - Returns: nil for a malformed `traceparent`: the request is treated as one without a trace.
    package convenience init?(parent: String, state: String = "", baggage: String = "") {
        let text = Array(parent.utf8)
        guard text.count >= Self.parentCount,
            text[2] == UInt8(ascii: "-"), text[35] == UInt8(ascii: "-"), text[52] == UInt8(ascii: "-"),
            let version = UInt64(lowerCaseHexadecimal: text[0..<2]), version != 0xff,
            // A later version may have more, after a hyphen.
            text.count == Self.parentCount || version > 0 && text[55] == UInt8(ascii: "-"),
            let high = UInt64(lowerCaseHexadecimal: text[3..<19]),
            let low = UInt64(lowerCaseHexadecimal: text[19..<35]),
            let trace = TraceID(high: high, low: low),
            let span = UInt64(lowerCaseHexadecimal: text[36..<52]).flatMap(SpanID.init),
            let flags = UInt64(lowerCaseHexadecimal: text[53..<55])
        else {
            return nil
        }
        self.init(
            trace: trace,
            span: span,
            flags: TraceFlags(rawValue: UInt8(flags)),
            state: TraceState.bounded(state),
            baggage: Baggage.bounded(baggage)
        )
    }

    /// The `traceparent` of this context: of version 00, whatever the caller's was.
    package var parent: String {
        "00-\(trace.text)-\(span.text)-0\(flags.rawValue)"
    }
}
