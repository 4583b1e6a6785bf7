/// What came of one seed.
package struct SeedResult: Sendable {
    package let seed: UInt64
    /// What was found wrong; empty where nothing was.
    package let violations: [String]
    /// How many carts lost acknowledged changes because Redis did and nobody alive held them.
    package let lost: Int
    /// How many carts were taken from a session that had not given them up.
    package let takeovers: Int
    /// How many attempts clients made.
    package let operations: Int
    /// How many steps processes made.
    package let steps: UInt64
    /// How much time passed for them.
    package let simulated: Duration
    /// Equal for two runs that went the same way.
    package let fingerprint: UInt64
    /// What happened, where it was asked for.
    package let trace: [String]
}
