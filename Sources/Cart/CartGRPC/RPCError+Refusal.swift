import ActorRuntime
import Cart
import CartService
import GRPCCore

extension RPCError.Code {
    /// The library's word for our code.
    init(_ code: RPCCode) {
        switch code {
        case .invalidArgument: self = .invalidArgument
        case .deadlineExceeded: self = .deadlineExceeded
        case .notFound: self = .notFound
        case .permissionDenied: self = .permissionDenied
        case .resourceExhausted: self = .resourceExhausted
        case .failedPrecondition: self = .failedPrecondition
        case .aborted: self = .aborted
        case .unimplemented: self = .unimplemented
        case .internalError: self = .internalError
        case .unavailable: self = .unavailable
        case .dataLoss: self = .dataLoss
        }
    }
}

extension RPCError {
    /// A no, in words and in trailers: `cart-problem` is its kind; `cart-outcome`, where the node rather than the cart said
    /// no, what became of the change; `grpc-retry-pushback-ms` when to come again, or (-1) that nobody should by himself.
    ///
    /// - Parameter name: what the protocol calls the domain's fields.
    init(_ refusal: Refusal, _ name: (CartRejection.Field) -> String) {
        let place = refusal.action.map { "actions[\($0)]" }
        let path = [place, refusal.field.map(name)].compactMap { $0 }.joined(separator: ".")
        let field = path.isEmpty ? "" : path + ": "
        var trailers: Metadata = ["cart-problem": "\(refusal.kind.rawValue)"]
        if let retryAdvice = refusal.retryAdvice {
            trailers.addString(retryAdvice.outcome.rawValue, forKey: "cart-outcome")
            let pushback: Int64 =
                switch retryAdvice.outcome {
                case .notApplied: retryAdvice.retryAfter.components.seconds * 1_000
                case .unknown: -1
                }
            trailers.addString("\(pushback)", forKey: "grpc-retry-pushback-ms")
        }
        self.init(code: Code(refusal.kind.code), message: field + refusal.detail, metadata: trailers)
    }
}
