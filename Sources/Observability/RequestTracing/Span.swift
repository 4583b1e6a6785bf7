/// One finished piece of work within a trace: plain values, as an exporter sends them.
package struct Span: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case `internal`
        /// The work of whoever is called.
        case server
        /// The wait of whoever calls.
        case client
    }

    package enum Status: Hashable, Sendable {
        case unset
        /// It failed, with a reason for a person, or empty.
        case error(String)
    }

    package let trace: TraceID
    package let id: SpanID
    package let parent: SpanID?
    /// True if the parent is of another process.
    package let parentIsRemote: Bool
    package let flags: TraceFlags
    package let state: String
    package let name: String
    package let kind: Kind
    /// Nanoseconds since 1970-01-01 UTC.
    package let start: UInt64
    /// No less than `start`.
    package let end: UInt64
    package let attributes: [SpanAttribute]
    package let status: Status
}

/// A named value of a span. Names are those of OpenTelemetry's semantic conventions where there is one, and
/// never come from a client.
package struct SpanAttribute: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        case text(String)
        case number(Int64)
        case decimal(Double)
        case flag(Bool)
    }

    package let name: String
    package let value: Value

    package init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, text: String) {
        self.init(name, .text(text))
    }

    package init(_ name: String, number: some BinaryInteger) {
        self.init(name, .number(Int64(clamping: number)))
    }
}
