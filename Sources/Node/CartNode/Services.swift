import ActorRuntime
import CartActor
import CartGRPC
import PeerTransport
import RedisActorStore
import RedisClient
import ServiceLifecycle

// The node's parts as services: each runs until it is told to stop, and is told in its turn.

extension Node {
    struct RedisService: Service {
        let servers: RedisServers

        func run() async throws {
            try await cancelWhenGracefulShutdown { try await servers.run() }
        }
    }

    struct SentinelService: Service {
        let watch: SentinelWatch

        /// Stops after everything that uses Redis.
        func run() async throws {
            await cancelWhenGracefulShutdown { await watch.run() }
        }
    }

    struct TopologyService: Service {
        let topology: RedisClusterTopology

        /// As for sentinels.
        func run() async throws {
            await cancelWhenGracefulShutdown { await topology.run() }
        }
    }

    struct FeedService: Service {
        let feed: RedisChangeFeed

        func run() async throws {
            try await cancelWhenGracefulShutdown { try await feed.run() }
        }
    }

    struct RuntimeService: Service {
        let runtime: NodeRuntime<CartLogic>
        let readiness: RedisReadiness

        /// Its turn to stop comes when nothing is live any more: only then may the session end.
        func run() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Without a fit Redis there is no session, and nothing to leave.
                group.addTask { await runtime.run { await readiness.waitUntilReady() } }
                group.addTask {
                    try await gracefulShutdown()
                    await runtime.leave()
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    struct LinkClientService: Service {
        let link: LinkClient

        func run() async throws {
            try await cancelWhenGracefulShutdown { try await link.run() }
        }
    }

    struct LinkServerService: Service {
        let server: LinkServer

        func run() async throws {
            try await withGracefulShutdownHandler {
                try await server.run()
            } onGracefulShutdown: {
                server.beginGracefulShutdown()
            }
        }
    }

    struct RPCServerService: Service {
        let server: CartRPCServer

        func run() async throws {
            try await withGracefulShutdownHandler {
                try await server.run()
            } onGracefulShutdown: {
                server.beginGracefulShutdown()
            }
        }
    }
}
