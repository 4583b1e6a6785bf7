import ActorRuntime
import CartGRPC
import CartService
import PeerTransport
import RedisActorStore
import RedisClient
import ServiceLifecycle

// The node's parts as services: each runs until it is told to stop, and is told in its turn.

extension Node {
    struct RedisService: Service {
        let client: RedisClient

        func run() async throws {
            try await cancelWhenGracefulShutdown { try await client.run() }
        }
    }

    struct FeedService: Service {
        let feed: RedisChangeFeed

        func run() async throws {
            try await cancelWhenGracefulShutdown { try await feed.run() }
        }
    }

    struct KeeperService: Service {
        let keeper: SessionKeeper
        let readiness: RedisReadiness
        /// Where heartbeats run, whatever else the process has to do.
        let thread: EventLoopTaskExecutor

        /// Its turn to stop comes when nothing is live any more: only then may the session end.
        func run() async throws {
            // Until a fit Redis is reached there is no session, and nothing to leave.
            await cancelWhenGracefulShutdown { await readiness.waitUntilReady() }
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: thread) { await keeper.run() }
                group.addTask {
                    try await gracefulShutdown()
                    await keeper.leave()
                }
                try await group.next()
                group.cancelAll()
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

    struct HostService: Service {
        let host: Host<CartLogic>
        let keeper: SessionKeeper

        func run() async throws {
            await cancelWhenGracefulShutdown { await host.run(keeper.notices) }
        }
    }
}
