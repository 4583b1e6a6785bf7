import Cart
import HTTPTypes
import Hosting
import Hummingbird

/// What one request goes to a cart with, beside its command.
struct Errand: Sendable {
    let cart: CartID
    let ifMatch: IfMatch
    /// Until when the client is kept waiting.
    let deadline: ContinuousClock.Instant
    /// The client's `traceparent`, or empty.
    let trace: String

    /// To the cart that the path names.
    init(_ id: String, _ request: Request, _ deadline: ContinuousClock.Instant) throws(RequestFlaw) {
        do {
            cart = try CartID(id)
        } catch {
            throw .rejected(error, in: .path)
        }
        ifMatch = try IfMatch(request.headers[.ifMatch])
        trace = request.headers[.traceParent] ?? ""
        self.deadline = deadline
    }

    /// To a cart that does not exist yet.
    init(fresh id: CartID, _ request: Request, _ deadline: ContinuousClock.Instant) {
        cart = id
        ifMatch = .absent
        trace = request.headers[.traceParent] ?? ""
        self.deadline = deadline
    }

    /// The line that the path names.
    static func line(_ id: String) throws(RequestFlaw) -> LineID {
        do {
            return try LineID(id)
        } catch {
            throw .rejected(error, in: .path)
        }
    }
}
