import ActorRuntime
import Cart
import HTTPTypes
import Hummingbird

/// What one request goes to a cart with, beside its command.
struct CartRequest: Sendable {
    let cart: CartID
    private(set) var ifMatch: IfMatch
    /// Where the version is given that the client expects.
    private(set) var versionField = "If-Match"
    /// What the client calls the change, if it is one and has a name.
    let key: IdempotencyKey?
    /// Whether the request named no cart.
    let hasGeneratedID: Bool
    /// Until when the client is kept waiting.
    let deadline: ContinuousClock.Instant
    /// The client's `traceparent`, or empty.
    let trace: String

    /// To the cart that the path names.
    init(_ id: String, _ request: Request, _ deadline: ContinuousClock.Instant) throws(RequestError) {
        do {
            cart = try CartID(id)
        } catch {
            throw .rejected(error, in: .path)
        }
        ifMatch = try IfMatch(request.headers[.ifMatch])
        key = Self.changes(request) ? try IdempotencyKey.read(request.headers) : nil
        hasGeneratedID = false
        trace = request.headers[.traceParent] ?? ""
        self.deadline = deadline
    }

    /// To a cart that does not exist yet: the one with this id, or, under a key, with the id that the key stands for.
    init(
        fresh id: @autoclosure () -> CartID,
        _ request: Request,
        _ deadline: ContinuousClock.Instant
    ) throws(RequestError) {
        key = try IdempotencyKey.read(request.headers)
        hasGeneratedID = true
        cart = try key?.cartID() ?? id()
        ifMatch = .absent
        trace = request.headers[.traceParent] ?? ""
        self.deadline = deadline
    }

    /// The operation that a change is, if the client sent a key with it.
    func operation(_ change: CartCommand.Change) -> CartOperation? {
        key.map { CartOperation($0, change, ifMatch, hasGeneratedID: hasGeneratedID) }
    }

    /// Whether the client says at which versions the cart may be.
    var requiresVersion: Bool {
        switch ifMatch {
        case .absent, .present: false
        case .versions: true
        }
    }

    /// The same, where the body may name the version that is to be ordered.
    ///
    /// - Throws: where `If-Match` demands another.
    func ordering(_ version: UInt64?) throws(RequestError) -> CartRequest {
        guard let version else { return self }
        switch ifMatch {
        case .absent, .present: break
        case .versions where ifMatch.admits(version): break
        case .versions: throw .invalidValue(JSONPointer()["version"], expected: "the version of If-Match")
        }
        var cartRequest = self
        cartRequest.ifMatch = .versions([version], field: "\"\(version)\"")
        cartRequest.versionField = "/version"
        return cartRequest
    }

    /// Whether the method asks for a change: a read needs no key, and has it overlooked.
    private static func changes(_ request: Request) -> Bool {
        request.method != .get && request.method != .head
    }

    /// The line that the path names.
    static func line(_ id: String) throws(RequestError) -> LineID {
        do {
            return try LineID(id)
        } catch {
            throw .rejected(error, in: .path)
        }
    }
}
