import Logging
import RedisActorStore
import RedisClient
import ServiceLifecycle

/// Lets the node on a Redis that is fit, and keeps an eye on it.
///
/// A Redis that is unfit when it is first reached ends the process. One that becomes unfit under a running node is
/// complained about: to stop serving would lose more than may be lost.
struct RedisReadiness: Service {
    /// How often a Redis that was let on is looked at again.
    private static let interval: Duration = .seconds(15)

    /// How soon a Redis that is connected and does not answer is asked again.
    private static let retryInterval: Duration = .milliseconds(500)

    private let client: RedisClient
    private let replicas: Int
    private let logger: Logger
    private let ready = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))

    init(client: RedisClient, replicas: Int, logger: Logger) {
        self.client = client
        self.replicas = replicas
        self.logger = logger
    }

    /// Returns once a fit Redis was reached. For one caller.
    func waitUntilReady() async {
        for await _ in ready.stream {}
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            defer { ready.continuation.finish() }
            for await state in client.states() {
                guard case .connected = state, let admission = try await firstAdmission() else { continue }
                switch admission {
                case .refused(let refusal): throw refusal
                case .admitted(let tier):
                    logger.notice("Redis is fit", metadata: ["durability": "\(tier)"])
                    ready.continuation.finish()
                    return await watch()
                }
            }
        }
    }

    /// What Redis says of itself, asked until it answers; nil when the connection is lost.
    private func firstAdmission() async throws -> RedisCompatibility? {
        while client.isConnected {
            if let admission = await assess() { return admission }
            try await Task.sleep(for: Self.retryInterval)
        }
        return nil
    }

    private func watch() async {
        while true {
            do {
                try await Task.sleep(for: Self.interval)
            } catch {
                return
            }
            if client.isConnected, case .refused(let refusal)? = await assess() {
                logger.error("Redis is unfit", metadata: ["cause": "\(refusal)"])
            }
        }
    }

    /// What Redis says of itself; nil where it did not answer.
    private func assess() async -> RedisCompatibility? {
        do {
            return RedisCompatibility(
                try await RedisServerProperties.gather(from: client),
                replicas: replicas
            )
        } catch {
            logger.warning("Redis does not say what it is", metadata: ["cause": "\(error)"])
            return nil
        }
    }
}
