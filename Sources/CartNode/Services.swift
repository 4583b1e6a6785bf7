import CartService
import Hosting
import LinkHosting
import Redis
import ServiceLifecycle

// The node's parts as services: each runs until it is told to stop, and is told in its turn.

extension Node {
    struct Redis: Service {
        let client: RedisClient

        func run() async throws {
            try await cancelWhenGracefulShutdown { try await client.run() }
        }
    }

    struct Keeper: Service {
        let keeper: SessionKeeper
        let gate: RedisGate

        /// Its turn to stop comes when nothing is live any more: only then may the session end.
        func run() async throws {
            await gate.opened()
            try Task.checkCancellation()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await keeper.run() }
                group.addTask {
                    try await gracefulShutdown()
                    await keeper.leave()
                }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    struct Asking: Service {
        let link: LinkClient

        func run() async throws {
            try await cancelWhenGracefulShutdown { try await link.run() }
        }
    }

    struct Answering: Service {
        let server: LinkServer
        let address: String

        func run() async throws {
            try await withGracefulShutdownHandler {
                try await server.run()
            } onGracefulShutdown: {
                server.beginGracefulShutdown()
            }
        }
    }

    struct Hosting: Service {
        let host: Host<CartLogic>
        let keeper: SessionKeeper

        func run() async throws {
            await cancelWhenGracefulShutdown { await host.run(keeper.notices) }
        }
    }
}
