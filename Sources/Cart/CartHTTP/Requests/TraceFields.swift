import RequestTracing

/// The fields of a request's header that concern traces (W3C Trace Context, W3C Baggage).
///
/// A class that never changes: nearly all requests have none, which then costs one word.
final class TraceFields: Sendable {
    struct Values: Equatable, Sendable {
        var parent: String?
        var state: String?
        var baggage: String?
    }

    let values: Values

    init(_ values: Values) {
        self.values = values
    }

    /// The caller's place in a trace; nil where it names none, or a malformed one.
    var context: TraceContext? {
        guard let parent = values.parent else { return nil }
        return TraceContext(parent: parent, state: values.state ?? "", baggage: values.baggage ?? "")
    }

    /// The caller's baggage, within its limits.
    var baggage: String { values.baggage.map(Baggage.bounded) ?? "" }
}

extension TraceFields: Equatable {
    static func == (one: TraceFields, other: TraceFields) -> Bool { one.values == other.values }
}
