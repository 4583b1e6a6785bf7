import ActorRuntime
import CartActor
import Dashboard
import NodeConfiguration
import RedisActorStore
import ServiceLifecycle

/// Drains the node: it is the first service to be told to stop, and hands everything over while all others
/// still work.
struct DrainService: Service {
    let runtime: NodeRuntime<CartLogic>
    let feed: RedisChangeFeed
    let dashboard: Dashboard
    let failpoints: Failpoints
    let shutdown: NodeSettings.ShutdownSettings
    /// The longest time that the link's server needs to stop, once everything is handed over.
    let linkStopLimit: Duration

    func run() async throws {
        try await gracefulShutdown()
        try await runtime.drain(
            within: shutdown.drainBudget,
            stopLimit: linkStopLimit,
            lameDuck: shutdown.lameDuck
        ) { step in
            switch step {
            case .begun:
                await failpoints.reach(.drainBegun)
            case .announced:
                await failpoints.reach(.drainAnnounced)
                // Watchers of a cart here go on at another node.
                feed.close()
                await dashboard.close()
            case .released:
                await failpoints.reach(.drainReleased)
            }
        }
    }
}
