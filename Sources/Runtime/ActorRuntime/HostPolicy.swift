package import Ownership

/// Every limit of the runtime, by name.
package struct HostPolicy: Sendable {
    /// The lease of this node's session.
    package var lease = LeasePolicy()
    /// The time after which a server of many that cannot reach the majority of the others stops to answer: the
    /// greatest `cluster-node-timeout` of all. Assumed until the servers tell it (`NodeRuntime.learnNodeTimeout`).
    package var storeNodeTimeout: Duration = .seconds(15)
    /// The time without use after which an activation is passivated.
    package var idleTimeout: Duration = .seconds(15 * 60)
    /// The most live actors; beyond it the least recently used are passivated first.
    package var liveLimit = 1_000_000
    /// The most commands that may wait in one activation.
    package var mailboxLimit = 1_024
    /// The most asks that may wait to be taken by the loops of their actors.
    package var inboxLimit = 65_536
    /// The most commands that leave as one commit.
    package var batchLimit = 128
    /// The most restores that are under way at once. There are fewer where the store is near enough to need
    /// fewer.
    package var restoreLimit = 64
    /// The most actors that are checked or released at once, in a sweep or in a drain.
    package var sweepLimit = 512
    /// The most actors whose owners are read from the store in one exchange, in a sweep; with 0 a sweep asks
    /// for each actor by itself.
    package var ownershipReadLimit = 2_048
    /// The most such exchanges that are under way at once. What is live waits behind them at the store, some
    /// milliseconds at most.
    package var ownershipReadsInFlight = 4
    /// The most routes to other owners that are remembered.
    package var routeLimit = 65_536
    /// The number of asks for an actor, all from one other node and none between them, after which that node gets
    /// the actor; 0 for never.
    package var followAfterAsks = 8
    /// The least time between an actor's claim and its hand-over to a node that asks for it.
    package var followInterval: Duration = .seconds(10)
    /// The first pause before an operation on the store is tried again; doubles up to `backoffCeiling`, with
    /// jitter.
    package var backoffFloor: Duration = .milliseconds(10)
    package var backoffCeiling: Duration = .milliseconds(250)
    /// The time between two searches for overdue callers and idle activations.
    package var housekeepingInterval: Duration = .milliseconds(100)
    /// The most activations that a loop looks at before it serves others, where something concerns all of them.
    package var turnLimit = 1_024
    /// The most idle activations that one round of housekeeping gives up.
    package var passivationBatch = 4_096

    package init() {}

    /// The least time for which a store keeps an actor that asks for a time of its own: never so short that a
    /// live and idle actor would be forgotten.
    package var leastLifetime: Duration { idleTimeout * 2 }

    /// The time for which a store keeps an actor that asks for `wanted`.
    package func lifetime(_ wanted: Duration?) -> Duration? {
        wanted.map { max($0, leastLifetime) }
    }

    /// The time for which an actor that asks to be kept for `wanted` may be read and changed before the store
    /// is told to keep it on.
    ///
    /// It does not depend on how long `wanted` is: until the next commit the store keeps such an actor for as
    /// long as a node with other settings wanted, and only the least is sure.
    ///
    /// - Parameter usual: the time for which the store keeps an actor that asks for none.
    package func touchInterval(_ wanted: Duration?, usual: Duration) -> Duration {
        (wanted == nil ? usual : leastLifetime) / 8
    }
}
