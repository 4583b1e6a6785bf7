/// A family of scenarios.
package enum Theme: String, Sendable, CaseIterable {
    /// All kinds of faults, drawn by the seed.
    case anything
    /// Sessions that are silent for nearly a lease and return while the other processes are paused, on a slow
    /// network. Few seeds of the other family produce this.
    case nearMisses
    /// A node with a slow clock whose heartbeats stop for about a lease, watched by nodes with fast clocks.
    case drifting
}
