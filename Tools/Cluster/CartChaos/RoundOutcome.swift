import CartWorkload
import ClusterTesting

/// What came of one round.
struct RoundOutcome: Sendable {
    let number: Int
    let faults: [ScheduledFault]
    /// How long after the last fault every cart could be changed through every node; nil where some could not.
    var recovery: Duration?
    let checkResult: CheckResult
    /// What is wrong, in words; empty if nothing.
    var problems: [String]
}
