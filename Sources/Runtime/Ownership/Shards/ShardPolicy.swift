/// The times of a store of many servers. Each is bound by an inequality of the failure model ("Redis that fails
/// over and scales out"): L is the length of the lease, m its margin, NT the time after which a primary that
/// cannot reach the majority stops to answer.
package struct ShardPolicy: Sendable, Equatable {
    package let lease: LeasePolicy
    /// NT: `cluster-node-timeout`, the greatest of all servers'.
    package private(set) var nodeTimeout: Duration
    /// The longest lease of any session that was seen: rights of others may last as long.
    private var longestLease: Duration

    package init(lease: LeasePolicy, nodeTimeout: Duration) {
        self.lease = lease
        self.nodeTimeout = nodeTimeout
        longestLease = lease.length
    }

    /// Takes in the length of another session's lease.
    package mutating func learnLease(_ length: Duration) {
        guard SafetyRule.longerLeaseCounts.holds else { return }
        longestLease = max(longestLease, length)
    }

    /// Takes in what the servers say of their node timeout, in place of what was assumed.
    package mutating func learnNodeTimeout(_ timeout: Duration) { nodeTimeout = timeout }

    /// The right that an answer gives, from the instant at which its probe was sent: L − m.
    package var right: Duration { lease.right }

    /// L + m: after it, every right has passed that was given before.
    package var rightsPass: Duration { lease.takeoverDelay(against: longestLease) }

    /// D: a primary that was replaced gives no right that lasts for longer than this, and a right, after its
    /// replacement.
    ///
    /// D ≥ NT, as it answers for so long while it is cut off. D ≥ L − m + E − F, if it stood still: it answers for
    /// E ≤ NT + 0.2 s after it resumes, and F ≥ NT passes between its last answer and its replacement; F = 0 if
    /// the fail-over was commanded, but then E is short. Hence the greater of NT and L.
    package var replacedAnswers: Duration { max(nodeTimeout, longestLease) }

    /// G: the time for which claims wait after a change.
    ///
    /// G ≥ L + m + D: the rights from before the change must have passed; and D more where a second fail-over
    /// within L + D cannot be ruled out.
    package var gate: Duration { rightsPass + replacedAnswers + replacedAnswers }

    /// U: the time for which claims wait after a server's answers were interrupted for the length of a right.
    ///
    /// U > E: one that stood still and was replaced meanwhile falls silent before its answers count.
    package var interruption: Duration { nodeTimeout + .milliseconds(200) + lease.margin }

    /// The length of an observation where no majority can confirm the server that shows it: L + m + D.
    package var unconfirmedObservation: Duration { rightsPass + replacedAnswers }
}
