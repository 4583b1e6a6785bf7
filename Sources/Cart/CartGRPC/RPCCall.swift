import CartService
import GRPCCore

/// What one call brings beside its message.
struct RPCCall: Sendable {
    /// Until when the client is kept waiting: as long as a request may take, or less where the client says so.
    let deadline: ContinuousClock.Instant
    /// The client's `traceparent`, or empty.
    let trace: String
    /// What the client calls the change (`idempotency-key`), if it does.
    let key: IdempotencyKey?
    /// What the client shows of who it is (`authorization`); nil for nothing.
    let authorization: String?

    /// - Throws: `Refusal` where the key can be none.
    init(_ metadata: Metadata, now: ContinuousClock.Instant, atMost patience: Duration) throws(Refusal) {
        let asked = metadata.first("grpc-timeout").flatMap(Self.timeout)
        deadline = now.advanced(by: min(patience, asked ?? patience))
        authorization = metadata.first("authorization")
        trace = metadata.first("traceparent") ?? ""
        key = try metadata.first("idempotency-key").map { text throws(Refusal) in
            try Self.key(text, "idempotency-key")
        }
    }

    /// - Parameter place: where it stood.
    static func key(_ text: String, _ place: String) throws(Refusal) -> IdempotencyKey {
        guard let key = IdempotencyKey(text) else {
            throw Refusal(
                .malformedHeader,
                "\(place): 1 to \(IdempotencyKey.maximumLength) visible ASCII characters"
            )
        }
        return key
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

extension Metadata {
    fileprivate func first(_ key: String) -> String? {
        var values = self[stringValues: key].makeIterator()
        return values.next()
    }
}
