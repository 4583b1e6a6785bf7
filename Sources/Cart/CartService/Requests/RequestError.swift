import Cart

/// What is wrong with a request before any cart is asked.
enum RequestError: Error, Equatable, Sendable {
    /// No resource has this path.
    case unknownPath
    /// The resource has other methods.
    case methodNotAllowed(allowed: String)
    /// The body is longer than the limit, in bytes.
    case bodyTooLarge(limit: Int)
    /// The body is not declared as JSON; what it is declared as, or nil.
    case unsupportedMediaType(String?)
    /// The body that the method needs is empty.
    case missingBody
    /// The body is not JSON.
    case malformedJSON(JSONError)
    /// `If-Match` is not what RFC 9110 says it is.
    case malformedIfMatch
    /// `Idempotency-Key` occurs twice or can be no key.
    case malformedIdempotencyKey
    /// `Idempotency-Key` is too easy to guess for a cart to be found by it.
    case shortIdempotencyKey
    /// A member that nothing is known of, and those that are known there.
    case unknownField(JSONPointer, known: [String])
    /// A member that must be there.
    case missingField(JSONPointer)
    /// A member of the wrong type.
    case wrongType(JSONPointer, expected: String, actual: String)
    /// An integer out of the range of 64 bits.
    case hugeInteger(JSONPointer)
    /// A value that is none of those that it can be.
    case invalidValue(JSONPointer, expected: String)
    /// A value that the domain refuses whatever the cart.
    case rejected(CartRejection, in: FieldLocation)
}

/// Where the domain's fields stand in a request.
enum FieldLocation: Equatable, Sendable, CaseIterable {
    /// The path.
    case path
    /// The body that creates a cart.
    case creation
    /// The body that adds a line.
    case addition
    /// The body that changes a line.
    case alteration
    /// The body that says something of a cart.
    case details
    /// The body that sets a line's price.
    case pricing
    /// The body that takes out what was ordered.
    case takingOut
    /// The body that has several actions.
    case actions
    /// One of those.
    case action
    /// The body that makes an order of a cart.
    case checkout
    /// The body that merges a cart into another, as the latter sees it.
    case merge
    /// The same, as the former sees it.
    case mergeSource
}
