/// The life of a session without a heartbeat, and the wait after which others call it dead.
package struct LeasePolicy: Sendable, Equatable {
    /// The lease length L: counted from the instant a heartbeat *left*.
    package let length: Duration
    /// The margin m, taken off one's own right and added to the wait for another's: covers clocks that tick
    /// at slightly different speeds.
    package let margin: Duration
    /// The time H between two heartbeats.
    package let heartbeatInterval: Duration

    package init(
        length: Duration = .seconds(5),
        margin: Duration = .milliseconds(500),
        heartbeatInterval: Duration = .milliseconds(500)
    ) {
        self.length = length
        self.margin = margin
        self.heartbeatInterval = heartbeatInterval
    }

    /// The time for which one heartbeat gives its sender the right to act.
    package var right: Duration { length - effectiveMargin }
    /// The wait of an observer, from the answer that it received, before a silent session may be called dead;
    /// and the time for which a generation must have been known before anyone may claim under it. Longer
    /// where other sessions have longer leases.
    package var takeoverDelay: Duration { length + effectiveMargin }

    /// The same wait where another session has a lease of the given length: the longer of the two counts.
    package func takeoverDelay(against lease: Duration?) -> Duration {
        guard let lease, SafetyRule.longerLeaseCounts.holds else { return takeoverDelay }
        return max(length, lease) + effectiveMargin
    }
    private var effectiveMargin: Duration { SafetyRule.marginCoversDrift.holds ? margin : .zero }
}
