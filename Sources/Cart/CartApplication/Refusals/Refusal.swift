package import ActorRuntime

/// A request that is not granted, and why, neutral of protocol. Faces only render it, each with its own names
/// for fields.
package struct Refusal: Error, Equatable, Sendable {
    /// The kind, which clients may rely on.
    package let kind: RefusalKind
    /// The circumstances of this refusal, in one line.
    package let detail: String
    /// The refused part of the request; nil where it is none in particular.
    package internal(set) var field: Field?
    /// The refused action of a batch, by its place from 0; nil where it is none or all.
    package private(set) var action: Int?
    /// Further facts, by name.
    package internal(set) var values: [ValueName: Value] = [:]
    /// The command's outcome and when to retry, where the world failed; nil where the domain refused.
    package internal(set) var retryAdvice: RetryAdvice?
    /// The version of the cart, where it was asked.
    package internal(set) var version: UInt64?
    /// The node that refused, where that is not the one that the client asked.
    package internal(set) var node: String?

    /// The outcome of a command that failed, and when to try again.
    package struct RetryAdvice: Equatable, Sendable {
        /// The command was not and will not be applied, or nobody knows.
        package let outcome: HostFailure.Outcome
        /// Whole seconds, at least 1.
        package let retryAfterSeconds: Int64

        /// An advice from its parts.
        package init(outcome: HostFailure.Outcome, retryAfterSeconds: Int64) {
            self.outcome = outcome
            self.retryAfterSeconds = retryAfterSeconds
        }
    }

    /// The name of a fact about a refusal, as clients see it.
    package enum ValueName: String, Sendable, CaseIterable {
        /// The cart's version, or the number that a limit refused.
        case actual
        /// The cart's currency, or its id.
        case cart
        /// The precondition of the request.
        case expected
        /// The currency that the request has.
        case given
        /// The cart that has the lines.
        case into
        /// The limit.
        case maximum
        /// The merge that took the lines.
        case mergeID = "mergeId"
        /// The order that the cart is.
        case order
    }

    /// A fact about a refusal.
    package enum Value: Equatable, Sendable {
        /// A name or an id.
        case text(String)
        /// A count.
        case number(Int64)
        /// The version of a cart; 0 for a cart that does not exist.
        case version(UInt64)
        /// The precondition of the request.
        case precondition(Precondition)
    }

    /// A refusal that none of the reasons below makes.
    package init(_ kind: RefusalKind, _ detail: String, field: Field? = nil) {
        self.kind = kind
        self.detail = detail
        self.field = field
    }

    /// The same of another field.
    package func about(_ field: Field) -> Refusal {
        var refusal = self
        refusal.field = field
        return refusal
    }

    /// The same without facts, version and node, for a face whose clients did not name the cart.
    package func withoutFacts() -> Refusal {
        var refusal = self
        (refusal.values, refusal.version, refusal.node) = ([:], nil, nil)
        return refusal
    }

    /// The same of one action of a batch, by its place from 0.
    package func of(action place: Int) -> Refusal {
        var refusal = self
        refusal.action = place
        return refusal
    }
}

extension Refusal {
    /// A part of a request.
    package enum Field: Hashable, Sendable {
        /// A part that every face has in its own place.
        case named(FieldName)
        /// An element of it: a number counted from 0, or a key.
        case element(FieldName, String)
        /// A place that only the face itself knows, in its own spelling.
        case own(String)
    }

    /// A part that requests of every face have.
    package enum FieldName: String, Sendable, CaseIterable {
        /// The id of the cart.
        case cart
        /// The id of a line.
        case line
        /// The id of the line that an action of a batch is about.
        case actionLine
        /// The currency in which a cart counts.
        case cartCurrency
        /// The currency of a price.
        case priceCurrency
        /// A line's SKU.
        case sku
        /// A line's name.
        case name
        /// A line's quantity.
        case quantity
        /// A line's unit price.
        case unitPrice
        /// Attributes, of a cart or a line.
        case attributes
        /// The attribute with a key.
        case attribute
        /// A cart's note.
        case note
        /// A cart's customer.
        case customer
        /// A cart's e-mail address.
        case email
        /// A cart's discount codes.
        case discountCodes
        /// One of them.
        case discountCode
        /// The time that a cart is kept.
        case expiresIn
        /// The actions of a batch.
        case actions
        /// The kind of an action.
        case actionKind
        /// The lines that something is taken out of.
        case takenLines
        /// The quantity that is taken out of one of them.
        case takenQuantity
        /// The version that is to be ordered.
        case version
        /// The cart whose lines are to be taken.
        case mergeSource
        /// The client's name for a merge.
        case mergeID
        /// The client's name for a change.
        case idempotencyKey
        /// The client's precondition on the cart.
        case precondition
        /// The states of the cart in which the client does not want its request served.
        case exclusion
        /// The caller's credentials.
        case authorization
    }

    /// A face's names for the parts of its requests. In the name of an element, `*` stands for its number or
    /// key.
    package struct FieldNames: Sendable {
        private let names: [FieldName: String]
        private let escape: @Sendable (String) -> String

        /// - Parameters:
        ///   - names: parts that the face does not name are left out.
        ///   - escape: how the face spells a key in a place.
        package init(_ names: [FieldName: String], escape: @escaping @Sendable (String) -> String = { $0 }) {
            self.names = names
            self.escape = escape
        }

        /// The face's name for a part; nil where it has none.
        package subscript(field: Field?) -> String? {
            switch field {
            case .none: nil
            case .own(let place): place
            case .named(let name): names[name]
            case .element(let name, let key):
                names[name]?.split(separator: "*", omittingEmptySubsequences: false).joined(
                    separator: escape(key)
                )
            }
        }
    }
}
