/// The facts about the servers of a Redis Cluster together.
package struct ShardFacts: Sendable {
    /// The primaries but the one with the sessions.
    package var others: [RedisFacts] = []
    /// The addresses of primaries that could not be reached, with the reasons.
    package var unreachable: [String] = []
    /// The number of slots that no server is known to serve.
    package var unservedSlots = 0
    /// The number of primaries with slots.
    package var primaries = 0

    package init() {}
}
