import HTTPTypes

/// Names of fields that `HTTPTypes` has no constants for.
extension HTTPField.Name {
    /// The name of the node that answered.
    static let cartNode = named("Cart-Node")

    /// The client's name for its request.
    static let idempotencyKey = named("Idempotency-Key")

    /// The version that a client of a stream saw last.
    static let lastEventID = named("Last-Event-ID")

    /// The caller's place in a trace, and what other vendors add to it (W3C Trace Context).
    static let traceParent = named("traceparent")
    static let traceState = named("tracestate")
    /// Properties that travel with the request from service to service (W3C Baggage).
    static let baggage = named("baggage")

    /// A name that is written in this target, and so is a field's.
    private static func named(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
