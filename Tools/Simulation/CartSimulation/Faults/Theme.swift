/// A family of scenarios.
package enum Theme: String, Sendable, CaseIterable {
    /// All kinds of faults, drawn by the seed.
    case anything
    /// Sessions that are silent for nearly a lease and return while the other processes are paused, on a slow
    /// network. Few seeds of the other family produce this.
    case nearMisses
    /// A node with a slow clock whose heartbeats stop for about a lease, watched by nodes with fast clocks.
    case drifting
    /// Sessions that are silent for nearly a lease and return just before Redis loses the heartbeat with which
    /// they did, while another process is about to call them dead.
    case lostReturns
    /// Redis loses its data, and a node dies with what it puts back on its way. That arrives about when the
    /// other nodes tell clients that there are no such carts. Few commands change anything, as a cart that is
    /// created anew hides what came back.
    case lateReturns
    /// Bursts of commands for few carts, of which nearly all are refused and which stay live, with pauses
    /// longer than a lease between them. Redis fails over just before each burst, so that a check of live
    /// carts meets commands that change nothing, and no later command wakes a cart.
    case bursts
}
