package import Ownership

/// Every limit of the runtime, by name.
package struct HostPolicy: Sendable {
    /// The lease of this node's session.
    package var lease = LeasePolicy()
    /// How long an activation may be unused before it is passivated.
    package var idleTimeout: Duration = .seconds(15 * 60)
    /// How many actors may be live; beyond it the least recently used are passivated first.
    package var liveLimit = 1_000_000
    /// How many commands may wait in one activation.
    package var mailboxLimit = 1_024
    /// How many commands may leave as one commit.
    package var batchLimit = 128
    /// How many restores may be under way at once. There are fewer where the store is near enough to need fewer.
    package var restoreLimit = 64
    /// How many actors may be under way to Redis at once in a sweep, or in a drain.
    package var sweepLimit = 512
    /// How many routes to other owners are remembered.
    package var routeLimit = 65_536
    /// The first pause before an operation on Redis is tried again; doubles up to `backoffCeiling`, with jitter.
    package var backoffFloor: Duration = .milliseconds(10)
    package var backoffCeiling: Duration = .milliseconds(250)
    /// How often overdue callers and idle activations are looked for.
    package var housekeepingInterval: Duration = .milliseconds(100)
    /// How many idle activations are given up in one round of housekeeping.
    package var passivationBatch = 4_096

    package init() {}

    /// How long a store keeps an actor that wants to be kept for so long: never so short that one which is live and idle
    /// would be forgotten.
    package func lifetime(_ wanted: Duration?) -> Duration? {
        wanted.map { max($0, idleTimeout * 2) }
    }
}
