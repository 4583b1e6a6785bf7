/// A rule that the safety of actors rests on, and that a test build can switch off: tests that pass without a
/// rule do not test it.
///
/// In a release build every rule holds, and asking costs nothing.
package enum SafetyRule: String, CaseIterable, Sendable {
    /// A commit is applied only on top of the version that it was decided on.
    case sequenceCheck
    /// The right to act is counted from the instant that the heartbeat left, not from its answer.
    case deadlineFromSend
    /// A node looks at its session's deadline before it acts.
    case deadlineCheck
    /// The margin is taken off one's own right and added to the wait for another's, as clocks tick at
    /// different speeds.
    case marginCoversDrift
    /// A session whose deadline has passed is over, whatever a later answer says.
    case overStaysOver
    /// A silent session is called dead only after a wait that outlasts its lease.
    case takeoverWaits
    /// The wait outlasts the longer lease, where the session has another length of lease than the observer.
    case longerLeaseCounts
    /// That wait is counted from the receipt of the answer that showed the session, not from its request.
    case waitFromReceipt
    /// A tombstone is written only where the session's counter has not moved.
    case tombstoneChecksCounter
    /// A tombstone is written only under the generation under which the session was seen: a loss of data may
    /// have put the counter back.
    case tombstoneNamesGeneration
    /// A session obeys its own tombstone. A second line: while the other rules hold, the deadline of a session
    /// with a tombstone has passed.
    case deadEndsSession
    /// While nothing may be taken, a store that has no actor does not say that there is none.
    case lookSaysNothing
    /// A release gives up only what is held under the same epoch.
    case releaseChecksEpoch
    /// A hand-over is not called off once a copy of its release went unanswered: it may be executed yet.
    case handOverStandsInDoubt
    /// All copies of a commit bear one id.
    case commitKeepsID
    /// A refusal of a commit says nothing of the copies before it.
    case refusalLeavesDoubt
    /// One commit of an actor is in flight at a time.
    case oneCommitInFlight
    /// Nothing is claimed under a new generation of data until whoever may hold newer data has put it back,
    /// or ended.
    case generationGate
    /// After a change of generation the lease is extended only once everything live was checked.
    case sweepBeforeLease
    /// A store that holds less than the owner is recognised before one that holds another owner's state.
    case regressedBeforeFenced
    /// A late copy of an older claim takes nothing.
    case claimAttempt
    /// An owner puts back whatever the store lost.
    case republish
    /// A republish or surrender that was decided before the latest loss puts nothing back.
    case republishNamesGeneration
    /// A republish or surrender that arrives after the end of its sender's right puts nothing back.
    case republishNamesDeadline
    /// An owner that serves an actor puts off its end of life in the store.
    case ownerProlongsLife
    /// A node refuses asks that are meant for another session.
    case linkChecksSession

    // The rules of a store of many servers. `docs/model/cluster` has a counterexample without each.

    /// An answer from memory needs the right of the actor's slot, beside the session's.
    case shardRight
    /// While a slot migrates, its right is the lesser of both servers'.
    case bothShards
    /// A right grows only for who has compared the record since the last change.
    case verifyAfterChange
    /// An activation whose right has passed comes back by a claim only.
    case lapseNeedsClaim
    /// Nothing is claimed for a while after the slot's server has changed.
    case moveGate
    /// A server's configuration epoch that changes counts as a move of its slots.
    case epochInFacts
    /// An answer of a server that was replaced, or with older facts, is ignored.
    case oldFactsIgnored
    /// Nothing is claimed for a while after a server's answers were interrupted.
    case uninterrupted
    /// Nothing is claimed in a slot that was left half open.
    case wholeSlot
    /// After a change nothing is claimed before every primary was heard.
    case hearEveryone
    /// No tombstone is written for a while after the facts of the sessions' server have changed.
    case membershipGate
    /// A tombstone counts once other servers confirm the server that has it.
    case confirmTombstone
    /// A claim relies on a tombstone once other servers confirm the slot's server after it.
    case takeoverConfirmed
    /// Only a valid session observes others.
    case sessionObserves
    /// With a session end its observations of others.
    case endVoids
    /// The quick path of planned moves: no server has lost data a moment ago.
    case quickSettled
    /// The quick path: every primary was heard after the move.
    case quickEveryone
    /// The quick path: the primaries know each other by the facts that the node knows.
    case quickAgreed
    /// The answer of a claim counts only if the claim could be sent then.
    case answerInTime
    /// A claim offers the copy of an activation whose right has passed.
    case offerDormant
    /// A release goes where a claim would: it forgets the copy.
    case releaseInWhere
    /// The server that executes a claim compares its facts with those that the claim names.
    case claimNamesFacts
    /// A copy that a claim offers takes the place only of what is older.
    case offerComparesVersions
}

extension SafetyRule {
    /// True for a rule that protects nothing in a store of one server.
    package var needsManyServers: Bool {
        switch self {
        case .shardRight, .bothShards, .verifyAfterChange, .lapseNeedsClaim, .moveGate, .epochInFacts,
            .oldFactsIgnored, .uninterrupted, .wholeSlot, .hearEveryone, .membershipGate, .confirmTombstone,
            .takeoverConfirmed, .sessionObserves, .endVoids, .quickSettled, .quickEveryone, .quickAgreed,
            .answerInTime,
            .offerDormant, .releaseInWhere, .claimNamesFacts, .offerComparesVersions:
            true
        case .sequenceCheck, .deadlineFromSend, .deadlineCheck, .marginCoversDrift, .overStaysOver,
            .takeoverWaits, .longerLeaseCounts, .waitFromReceipt, .tombstoneChecksCounter,
            .tombstoneNamesGeneration, .deadEndsSession, .lookSaysNothing, .releaseChecksEpoch,
            .handOverStandsInDoubt, .commitKeepsID, .refusalLeavesDoubt, .oneCommitInFlight, .generationGate,
            .sweepBeforeLease, .regressedBeforeFenced, .claimAttempt, .republish, .republishNamesGeneration,
            .republishNamesDeadline, .ownerProlongsLife, .linkChecksSession:
            false
        }
    }
}

#if DEBUG
extension SafetyRule {
    /// The rules that do not hold in this task and all that it starts. Only tests set them.
    @TaskLocal package static var switchedOff: [SafetyRule] = []

    /// True while the rule is kept.
    package var holds: Bool {
        let switchedOff = SafetyRule.switchedOff
        return switchedOff.isEmpty || !switchedOff.contains(self)
    }
}
#else
extension SafetyRule {
    /// True while the rule is kept.
    @inlinable package var holds: Bool { true }
}
#endif
