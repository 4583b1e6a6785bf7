package import ActorRuntime
package import Cart

/// Why a merge was not made, or not to its end.
package enum MergeFailure: Error, Equatable, Sendable {
    /// The cart whose lines are to be taken says no.
    case source(CartRejection)
    /// The cart that is to take them says no, by this node; nil: any cart would.
    case target(CartRejection, node: String?)
    /// The world says no. Sent again, the same merge goes on from where it came to.
    case host(HostFailure)
    /// The node contradicts itself.
    case contradiction(String)
}

extension Problem {
    /// - Parameter ifMatch: the demand as it was sent.
    init(_ failure: MergeFailure, ifMatch: IfMatch) {
        switch failure {
        case .source(let rejection):
            self.init(rejection, in: .mergeSource)
        case .target(let rejection, let node):
            self.init(rejection, in: .merge, ifMatch: ifMatch)
            self.node = node
            if case .versionMismatch(_, let actual) = rejection, actual > 0 { version = actual }
        case .host(let failure):
            self.init(failure)
        case .contradiction(let detail):
            self = .contradiction(detail)
        }
    }
}

extension Refusal {
    /// The merge is refused; what is wrong with the cart that it takes from has the field `mergeSource`.
    package init(_ failure: MergeFailure) {
        switch failure {
        case .source(let rejection):
            self = Refusal(rejection).about(.mergeSource)
        case .target(.currencyMismatch(let cart, let given), _):
            self = Refusal(.currencyMismatch(cart: cart, given: given)).about(.mergeSource)
        case .target(.limit(let limit, let maximum, let actual), _):
            self = Refusal(.limit(limit, maximum: maximum, actual: actual)).about(.mergeSource)
        case .target(let rejection, _):
            self.init(rejection)
        case .host(let failure):
            self.init(failure)
        case .contradiction(let detail):
            self = .contradiction(detail)
        }
    }
}
