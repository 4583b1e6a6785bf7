/// The result of a command that was decided.
package struct Answer<D: Decider>: Sendable {
    package enum Verdict: Sendable {
        /// Accepted; durable if it changed anything. The state is the committed one that the answer stands
        /// on, which may hold other callers' changes of the same commit.
        case accepted(D.Outcome, D.State)
        case rejected(D.Rejection)
    }

    package let verdict: Verdict
    /// The version of the state that the answer stands on.
    package let sequence: UInt64
    /// The name of the node that decided.
    package let node: String

    package init(verdict: Verdict, sequence: UInt64, node: String) {
        self.verdict = verdict
        self.sequence = sequence
        self.node = node
    }
}
