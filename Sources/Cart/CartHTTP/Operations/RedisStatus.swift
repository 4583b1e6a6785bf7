/// The status of the Redis that a node uses, for operators.
package struct RedisStatus: Sendable, Equatable {
    /// True while commands and heartbeats have a connection.
    package var isConnected = false
    /// The present trouble, in Redis's words where it said any; nil if there is none.
    package var problem: String?
    /// The durability of acknowledged changes when Redis itself fails; nil until it was assessed.
    package var durability: String?
    /// Lines about what may keep, or keeps, Redis from accepting changes.
    package var warnings: [String] = []
    /// The primaries of a Redis Cluster with their slots, a line each; nil for a single server.
    package var primaries: [String]?

    /// The status before anything is known.
    package init() {}
}
