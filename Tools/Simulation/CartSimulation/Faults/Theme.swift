/// What a family of seeds is about.
package enum Theme: String, Sendable, CaseIterable {
    /// All that can befall a cluster, as the seed draws it.
    case anything
    /// Sessions that are silent for nearly a lease, and return while the others sleep, on a slow network: what only few
    /// seeds of the other family come upon.
    case nearMisses
}
