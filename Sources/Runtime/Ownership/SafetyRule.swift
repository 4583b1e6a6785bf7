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
