package import CartApplication

/// Decides who may ask the operations port for what.
package struct OperationsAccess: Sendable {
    /// What every supervisor and balancer may ask, wherever it is.
    private static let probes: Set<String> = ["/livez", "/readyz"]

    private let token: TrustedToken?
    private let trustsOtherMachines: Bool

    /// - Parameters:
    ///   - token: that of the operators; nil where there is none.
    ///   - trustsOtherMachines: true if requests without a token count also from other machines, as long as
    ///     there is no token.
    package init(token: TrustedToken?, trustsOtherMachines: Bool) {
        self.token = token
        self.trustsOtherMachines = trustsOtherMachines
    }

    /// A request as far as this decision needs it.
    struct Question {
        let path: String
        /// True for a method that changes nothing.
        let isSafe: Bool
        let authorization: String?
        /// True if the client is on this machine.
        let isFromLoopback: Bool
    }

    /// Refuses a request, or lets it pass.
    func check(_ question: Question) throws(OperationsRefusal) {
        if question.isSafe, Self.probes.contains(question.path) { return }
        guard let token else {
            guard question.isSafe else { throw .actionsOff }
            guard question.isFromLoopback || trustsOtherMachines else { throw .untrustedAddress }
            return
        }
        guard token.isShown(in: question.authorization) else {
            throw .unauthenticated(hadToken: question.authorization != nil)
        }
    }
}
