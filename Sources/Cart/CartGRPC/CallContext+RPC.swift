import CartApplication
import CartProtobuf
import GRPCCore
import RequestTracing

extension CallContext {
    /// The context of a call.
    ///
    /// - Parameters:
    ///   - metadata: what came with the call; `grpc-timeout` is the client's own limit.
    ///   - deadline: the deadline for a limit that the client sets, if it does.
    /// - Throws: where the key is malformed.
    init(
        _ metadata: Metadata,
        deadline: (Duration?) -> ContinuousClock.Instant
    ) throws(Refusal) {
        let key = try metadata.first("idempotency-key").map { text throws(Refusal) in
            try IdempotencyKey(text, at: "idempotency-key")
        }
        self.init(
            deadline: deadline(metadata.first("grpc-timeout").flatMap(Self.timeout)),
            key: key,
            authorization: metadata.first("authorization"),
            trace: metadata.traceContext
        )
    }

    /// The same under the terms of a message, whose key goes before that of the metadata.
    func under(_ terms: ServedTerms) throws(Refusal) -> CallContext {
        var context = self
        if !terms.idempotencyKey.isEmpty {
            context.key = try IdempotencyKey(terms.idempotencyKey, at: "terms.idempotency_key")
        }
        context.precondition = Precondition(version: terms.hasExpectedVersion ? terms.expectedVersion : nil)
        return context
    }

    /// At most eight digits and a unit (gRPC over HTTP/2, `grpc-timeout`); nil for anything else.
    static func timeout(_ text: String) -> Duration? {
        guard (2...9).contains(text.utf8.count), let unit = text.last,
            text.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(text.dropLast())
        else { return nil }
        switch unit {
        case "H": return .seconds(number * 3_600)
        case "M": return .seconds(number * 60)
        case "S": return .seconds(number)
        case "m": return .milliseconds(number)
        case "u": return .microseconds(number)
        case "n": return .nanoseconds(number)
        case _: return nil
        }
    }
}

extension IdempotencyKey {
    fileprivate init(_ text: String, at place: String) throws(Refusal) {
        guard let key = IdempotencyKey(text) else {
            throw Refusal(.malformedHeader(place, expected: IdempotencyKey.expectation))
        }
        self = key
    }
}

extension Metadata {
    /// The caller's place in a trace; nil where it names none, or a malformed one.
    var traceContext: TraceContext? {
        guard let parent = only("traceparent") else { return nil }
        return TraceContext(parent: parent, state: joined("tracestate"), baggage: joined("baggage"))
    }

    /// The caller's baggage, within its limits.
    var baggage: String { Baggage.bounded(joined("baggage")) }

    private func joined(_ key: String) -> String { self[stringValues: key].joined(separator: ",") }

    /// Nil where it occurs several times, too.
    private func only(_ key: String) -> String? {
        var values = self[stringValues: key].makeIterator()
        guard let value = values.next(), values.next() == nil else { return nil }
        return value
    }

    fileprivate func first(_ key: String) -> String? {
        var values = self[stringValues: key].makeIterator()
        return values.next()
    }
}
