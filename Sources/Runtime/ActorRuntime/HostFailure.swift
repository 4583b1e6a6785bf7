/// The world saying no: a command that was not decided, or whose fate is not known.
package struct HostFailure: Error, Sendable, Hashable {
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// A named limit was reached.
        case overloaded
        /// The store does not answer, or refuses.
        case storeUnavailable = "store-unavailable"
        /// Another node owns the actor and cannot be reached, nor is it proved dead yet.
        case ownerUnreachable = "owner-unreachable"
        /// The stored state of this actor cannot be read; it was left as it is.
        case unreadable
        /// The caller's time ran out.
        case deadlineExceeded = "deadline-exceeded"
        /// The node's session ended while the command was under way.
        case sessionLost = "session-lost"
        /// The node has no valid session, or may not claim yet.
        case notReady = "not-ready"
        /// The node is leaving and no other can take the actor.
        case draining
    }

    /// The fate of the command.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// It was not and will not be applied.
        case notApplied = "not-applied"
        /// It was applied or will be, once, or never.
        case unknown
    }

    package let reason: Reason
    package let outcome: Outcome
    package let id: ActorID
    /// One line for a person.
    package let detail: String
    /// The time after which it makes sense to try again.
    package let retryAfter: Duration

    package init(
        _ reason: Reason,
        _ outcome: Outcome,
        id: ActorID,
        detail: String,
        retryAfter: Duration = .seconds(1)
    ) {
        self.reason = reason
        self.outcome = outcome
        self.id = id
        self.detail = detail
        self.retryAfter = retryAfter
    }
}

extension HostFailure {
    /// The same for a command that would have changed nothing: then nothing was applied, whatever else is
    /// unknown.
    var ofNoChange: HostFailure {
        HostFailure(reason, .notApplied, id: id, detail: detail, retryAfter: retryAfter)
    }
}
