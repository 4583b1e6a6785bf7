import ActorRuntime
import CartService
import Logging
import NodeConfiguration
import RedisActorStore
import ServiceLifecycle

/// How the node leaves: first of all services to be told to stop, it hands everything over while all others still work.
struct DrainService: Service {
    let host: Host<CartLogic>
    let keeper: SessionKeeper
    let feed: RedisChangeFeed
    let failpoints: Failpoints
    let shutdown: NodeSettings.ShutdownSettings
    /// The longest that a release can be tried for: then the session is over.
    let lease: Duration
    let clock: any HostClock
    let logger: Logger

    func run() async throws {
        try await gracefulShutdown()
        let began = clock.now
        logger.notice("draining", metadata: ["liveCarts": "\(host.liveCount)"])
        await failpoints.reach(.drainBegun)
        await keeper.announceDraining()
        await failpoints.reach(.drainAnnounced)
        // Whoever watches a cart here goes on at another node.
        feed.close()
        // What is still being released at the deadline may take a lease more, and the tombstone comes after it.
        let budget = max(shutdown.drainBudget / 2, shutdown.drainBudget - lease - .seconds(2))
        let left = await host.releaseAll(until: began + budget)
        await failpoints.reach(.drainReleased)
        logger.notice(
            "drained",
            metadata: ["took": "\(clock.now - began)", "notReleased": "\(left)"]
        )
        // Gateways notice a little later that the node is not ready; until then it serves through the others.
        try await clock.sleep(until: began + shutdown.lameDuck)
    }
}
