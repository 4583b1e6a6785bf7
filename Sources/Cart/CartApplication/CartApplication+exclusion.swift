import ActorRuntime
import Cart
import CartActor

/// The states of a cart in which the client does not want its request served.
package enum Exclusion: Hashable, Sendable {
    /// No state.
    case none
    /// Any state in which the cart exists.
    case existence
    /// The cart is at one of these versions.
    case versions([UInt64])

    /// True for a cart that exists at this version.
    package func excludes(_ version: UInt64) -> Bool {
        switch self {
        case .none: false
        case .existence: true
        case .versions(let versions): versions.contains(version)
        }
    }
}

extension CartApplication {
    /// The times that a change is tried that others outrun.
    private static var attempts: Int { 4 }

    /// The result of a look at a cart before a change.
    private enum Admission {
        /// The change may be made at this version.
        case at(UInt64)
        /// The change must not be made now.
        case refused(Refusal)
    }

    /// Changes a cart unless it is in an excluded state.
    ///
    /// The decider knows one version that it compares; so the cart is looked at, and must still be at that
    /// version when the change is decided. A change that was outrun begins anew.
    func changeUnlessExcluded(
        _ id: CartID,
        by change: CartCommand.Change,
        _ context: CallContext,
        asking ask: (_ expected: UInt64) async throws(Refusal) -> AcceptedCommand
    ) async throws(Refusal) -> AcceptedCommand {
        var actual: UInt64 = 0
        for _ in 0..<Self.attempts {
            let expected: UInt64
            switch try await admission(of: id, to: change, context) {
            case .at(let version):
                expected = version
            case .refused(let refusal):
                // Under a key it may be a retry, which the cart knows by itself.
                guard context.key != nil else { throw refusal }
                do {
                    return try await ask(.max)
                } catch {
                    throw error.kind == .versionMismatch ? refusal : error
                }
            }
            do {
                return try await ask(expected)
            } catch {
                guard error.kind == .versionMismatch else { throw error }
                actual = error.version ?? 0
            }
        }
        throw .excluded(context.exclusion, actual: actual)
    }

    /// Refuses a request where the cart is in an excluded state.
    func requireNotExcluded(_ id: CartID, _ context: CallContext) async throws(Refusal) {
        guard context.exclusion != .none else { return }
        let answer = try await answer(.read, of: id, context)
        if case .accepted = answer.verdict, context.exclusion.excludes(answer.sequence) {
            throw .excluded(context.exclusion, actual: answer.sequence)
        }
    }

    /// The precondition counts before the exclusion (RFC 9110, 13.2.2).
    private func admission(
        of id: CartID,
        to change: CartCommand.Change,
        _ context: CallContext
    ) async throws(Refusal) -> Admission {
        let answer = try await answer(.read, of: id, context)
        let version = answer.sequence
        switch answer.verdict {
        case .rejected:
            // All but a creation are refused anyway where there is no cart. One that does not exist, or no
            // longer, is at version 0.
            guard change.isCreation else { return .at(0) }
            let isMet = context.precondition != .exists && context.precondition.admits(0)
            return isMet ? .at(0) : .refused(.precondition(context, actual: 0))
        case .accepted where !context.precondition.admits(version):
            return .refused(.precondition(context, actual: version))
        case .accepted where context.exclusion.excludes(version):
            return .refused(.excluded(context.exclusion, actual: version))
        case .accepted:
            return .at(version)
        }
    }
}

extension Refusal {
    /// The cart is in a state in which the client does not want the request served.
    static func excluded(_ exclusion: Exclusion, actual: UInt64) -> Refusal {
        let state = actual == 0 ? "it does not exist" : "it is at version \(actual)"
        let demand =
            switch exclusion {
            case .none, .existence: "not to exist"
            case .versions(let versions):
                "not at version " + versions.map(String.init).joined(separator: " or ")
            }
        var refusal = Refusal(
            .versionMismatch,
            "the request requires the cart \(demand); \(state)",
            field: .named(.exclusion)
        )
        refusal.values = [.actual: .version(actual)]
        if exclusion == .existence { refusal.values[.expected] = .version(0) }
        if actual > 0 { refusal.version = actual }
        return refusal
    }
}
