package import Cart

/// A flaw of a request that shows before any cart is asked.
///
/// Places are spelled by the face that reads the request: a JSON pointer, a header field, the path of a
/// message's field.
package enum RequestError: Error, Equatable, Sendable {
    /// The body is longer than the limit, in bytes.
    case bodyTooLarge(limit: Int)
    /// The message of a call is not of its type.
    case malformedMessage
    /// A header field, or what a message has in its place, is malformed.
    case malformedHeader(String, expected: String)
    /// The key is too easy to guess for a cart to be found by it.
    case shortIdempotencyKey
    /// A member that is not known, and those that are.
    case unknownField(String, known: [String])
    /// A member that must be given.
    case missingField(String)
    /// A member of the wrong type.
    case wrongType(String, expected: String, actual: String)
    /// An integer out of the range of 64 bits.
    case hugeInteger(String)
    /// A value other than those allowed.
    case invalidValue(String, expected: String)
    /// A value that the domain refuses whatever the cart.
    case rejected(CartRejection)
    /// The shop trusts no caller that much.
    case untrusted
    /// The caller did not show that the shop trusts it.
    case unauthenticated
}
