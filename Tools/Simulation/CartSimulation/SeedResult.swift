/// The outcome of simulating one seed.
package struct SeedResult: Sendable {
    package let seed: UInt64
    /// Violated invariants, one message each; empty if all held.
    package let violations: [String]
    /// Number of carts whose acknowledged changes Redis lost while no live node held them.
    package let lost: Int
    /// Number of ownership changes without a release by the previous session.
    package let takeovers: Int
    /// Number of attempts that clients made.
    package let operations: Int
    /// How often something happened that only some seeds exercise.
    package let occurrences: [Occurrence: Int]
    /// Number of jobs that the simulated processes ran.
    package let steps: UInt64
    /// Simulated time that passed.
    package let simulated: Duration
    /// Hash of the trace: equal for two runs that took the same course.
    package let fingerprint: UInt64
    /// The trace, line by line; empty unless it was requested.
    package let trace: [String]
}
