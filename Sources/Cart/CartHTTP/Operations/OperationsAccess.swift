package import CartApplication
internal import NIOCore

/// Decides who may ask the operations port for what.
package struct OperationsAccess: Sendable {
    /// The paths that are answered to every client: supervisors and load balancers ask for them.
    private static let probes: Set<String> = ["/livez", "/readyz"]
    /// The paths that a pass reads, besides those of carts: the other nodes, the console and the page ask for them.
    private static let readByPass: Set<String> = ["/status", "/snapshot", "/redis", "/events"]

    private let token: TrustedToken?
    private let pass: TrustedToken?
    private let trustsOtherMachines: Bool

    /// - Parameters:
    ///   - token: that of the operators; nil where there is none.
    ///   - pass: what counts in place of the token where somebody reads what nodes tell each other and the page;
    ///     nil for nothing.
    ///   - trustsOtherMachines: true if requests without a token count also from other machines, as long as
    ///     there is no token.
    package init(token: TrustedToken?, pass: TrustedToken? = nil, trustsOtherMachines: Bool) {
        self.token = token
        self.pass = pass
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
        /// The `Host` that the client names, with or without a port; nil if it names none.
        let host: String?
    }

    /// Refuses a request, or lets it pass.
    func check(_ question: Question) throws(OperationsRefusal) {
        if question.isSafe, Self.probes.contains(question.path) { return }
        guard let token else {
            guard question.isSafe else { throw .actionsOff }
            guard !trustsOtherMachines else { return }
            guard question.isFromLoopback else { throw .untrustedAddress }
            guard question.host.map(Self.namesThisMachine) ?? true else { throw .untrustedHost }
            return
        }
        if token.isShown(in: question.authorization) { return }
        if question.isSafe, Self.isReadByPass(question.path), let pass,
            pass.isShown(in: question.authorization)
        {
            return
        }
        throw .unauthenticated(hadToken: question.authorization != nil)
    }

    private static func isReadByPass(_ path: String) -> Bool {
        readByPass.contains(path) || path.hasPrefix("/carts/")
    }

    /// True for `localhost` and for an address. A page of a browser on this machine can have any other name, and
    /// resolve it to this machine so that the browser takes the port for the page's own (DNS rebinding).
    private static func namesThisMachine(_ host: String) -> Bool {
        var name = host.lowercased()[...]
        if name.hasPrefix("[") {
            name = name.dropFirst().prefix { $0 != "]" }
        } else if let colon = name.lastIndex(of: ":") {
            name = name[..<colon]
        }
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        do {
            _ = try SocketAddress(ipAddress: String(name), port: 0)
            return true
        } catch {
            return false
        }
    }
}
