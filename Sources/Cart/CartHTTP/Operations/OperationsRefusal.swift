import HTTPTypes

/// A request that the operations port itself refuses.
enum OperationsRefusal: Error, Equatable, Sendable {
    /// The token is missing, or another one was sent.
    case unauthenticated(hadToken: Bool)
    /// The request comes from another machine, and there is no token that it could show.
    case untrustedAddress
    /// The request comes from this machine under a name that anybody may have made up, and there is no token.
    case untrustedHost
    /// An action needs a token, and the node has none.
    case actionsOff
    /// The cart could not be released in the time that an eviction has.
    case unfinishedEviction

    /// The kind of such a refusal. Clients may rely on the raw value: a kind's name and meaning never change.
    enum Kind: String, Sendable, CaseIterable {
        case unauthenticated = "operations-token-required"
        case untrustedAddress = "operations-address-untrusted"
        case actionsOff = "operations-actions-off"
        case unfinishedEviction = "eviction-unfinished"

        /// The response's status.
        var status: Int {
            switch self {
            case .unauthenticated: 401
            case .untrustedAddress, .actionsOff: 403
            case .unfinishedEviction: 504
            }
        }

        /// The `title` of its problem: a few words, the same each time.
        var title: String {
            switch self {
            case .unauthenticated: "The operations port asks for its token"
            case .untrustedAddress: "The operations port answers this machine only"
            case .actionsOff: "Actions are off"
            case .unfinishedEviction: "The cart is not released yet"
            }
        }
    }

    /// The kind.
    var kind: Kind {
        switch self {
        case .unauthenticated: .unauthenticated
        case .untrustedAddress, .untrustedHost: .untrustedAddress
        case .actionsOff: .actionsOff
        case .unfinishedEviction: .unfinishedEviction
        }
    }

    /// The circumstances of this refusal, in one line.
    var detail: String {
        switch self {
        case .unauthenticated(false):
            "only /, /livez and /readyz are answered without the token of --ops-token"
        case .unauthenticated(true): "this is not the token of --ops-token"
        case .untrustedAddress:
            "other machines get /, /livez and /readyz only, unless the node has an --ops-token or --ops-trust any"
        case .untrustedHost:
            "ask it as localhost or by its address, or give the node an --ops-token or --ops-trust any"
        case .actionsOff: "the node was started without --ops-token, and nobody may do this then"
        case .unfinishedEviction: "something is still under way for it; it is released as soon as it can be"
        }
    }

    /// The header fields by which the answer says what the client may send instead (RFC 6750, 3).
    var fields: HTTPFields {
        switch self {
        case .unauthenticated(let hadToken):
            [.wwwAuthenticate: #"Bearer realm="cart-node""# + (hadToken ? #", error="invalid_token""# : "")]
        case .untrustedAddress, .untrustedHost, .actionsOff, .unfinishedEviction: [:]
        }
    }
}
