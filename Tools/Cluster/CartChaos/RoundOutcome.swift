import CartWorkload
import ClusterTesting

/// The outcome of one round.
struct RoundOutcome: Sendable {
    let number: Int
    let faults: [ScheduledFault]
    /// Time from the last fault until every cart could be changed through every node; nil if some could not.
    var recovery: Duration?
    let checkResult: CheckResult
    /// The violations, one message each; empty if there are none.
    var problems: [String]
}
