package import RequestTracing

/// Everything that a call brings beside the request itself. Every face makes one for each call.
package struct CallContext: Sendable {
    /// Until when the client is kept waiting.
    package var deadline: ContinuousClock.Instant
    /// The client's name for the change; nil where it has none.
    package var key: IdempotencyKey?
    /// The state of the cart that the client requires.
    package var precondition: Precondition
    /// The states of the cart in which the client does not want the request served.
    package var exclusion = Exclusion.none
    /// The part of the request that has the precondition.
    package var preconditionField: Refusal.Field = .named(.precondition)
    /// The client's `authorization` field; nil where it sent none.
    package var authorization: String?
    /// The place of the call in a trace, if it has one.
    package var trace: TraceContext?

    /// - Parameters:
    ///   - deadline: until when the client is kept waiting.
    ///   - key: the client's name for the change, if it has one.
    ///   - precondition: the state of the cart that the client requires; any by default.
    ///   - authorization: the credentials that the client shows (RFC 6750), if it does.
    ///   - trace: the place of the call in a trace, if it has one.
    package init(
        deadline: ContinuousClock.Instant,
        key: IdempotencyKey? = nil,
        precondition: Precondition = .any,
        authorization: String? = nil,
        trace: TraceContext? = nil
    ) {
        self.deadline = deadline
        self.key = key
        self.precondition = precondition
        self.authorization = authorization
        self.trace = trace
    }

    /// The same call, whose request names the version that is to be ordered beside its precondition.
    package func ordering(_ version: UInt64) -> CallContext {
        var context = self
        context.precondition = .versions([version])
        context.preconditionField = .named(.version)
        return context
    }
}

/// The state of a cart that a client requires for its request to be served.
package enum Precondition: Hashable, Sendable {
    /// Any, also none.
    case any
    /// The cart exists.
    case exists
    /// The cart is at one of these versions. Empty where the client named only versions that no cart can
    /// have.
    case versions([UInt64])

    /// One version, or any where the client named none.
    package init(version: UInt64?) {
        self = version.map { .versions([$0]) } ?? .any
    }

    /// True if a cart that exists at this version meets it.
    package func admits(_ version: UInt64) -> Bool {
        switch self {
        case .any, .exists: true
        case .versions(let versions): versions.contains(version)
        }
    }

    /// True if only certain versions meet it.
    package var namesVersions: Bool {
        switch self {
        case .any, .exists: false
        case .versions: true
        }
    }

    /// The one version for the decider to compare with, as it knows no lists; nil for any.
    ///
    /// - Parameter actual: asks for the cart's version, by which a list is searched.
    func version<Failure>(
        _ actual: () async throws(Failure) -> UInt64
    ) async throws(Failure) -> UInt64? {
        switch self {
        case .versions(let versions) where versions.count > 1:
            let version = try await actual()
            return versions.contains(version) ? version : versions.first
        case .any, .exists, .versions:
            return onlyVersion
        }
    }

    /// The one version that meets it; nil where others do too.
    fileprivate var onlyVersion: UInt64? {
        switch self {
        case .any, .exists: nil
        // No cart lives to the greatest version: the decider refuses it, once it has no other objection.
        case .versions(let versions): versions.first ?? .max
        }
    }
}

/// The version at which the decider is to make a change.
package enum ExpectedVersion: Equatable, Sendable {
    /// This version; nil for any.
    case known(UInt64?)
    /// Only a look at the cart can tell.
    case afterRead
}

extension CallContext {
    /// The version at which a change is to be made, as far as the request alone tells it.
    ///
    /// - Parameter isCreation: whether the change creates a cart.
    package func expectedVersion(ofCreation isCreation: Bool) -> ExpectedVersion {
        guard exclusion == .none else { return .afterRead }
        switch precondition {
        // All but a creation are refused anyway where there is no cart.
        case .exists: return isCreation ? .afterRead : .known(nil)
        case .versions(let versions) where versions.count > 1: return .afterRead
        case .any, .versions: return .known(precondition.onlyVersion)
        }
    }
}
