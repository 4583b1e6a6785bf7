import Logging
import RedisActorStore
import RedisClient
import ServiceLifecycle

/// Holds the node back until it has reached a fit Redis, and checks that Redis from then on.
///
/// A Redis that is unfit when it is first reached ends the process. One that becomes unfit under a running
/// node is logged as an error: to stop serving would lose more than may be lost.
struct RedisReadiness: Service {
    /// The time between two checks of a Redis that was found fit.
    private static let interval: Duration = .seconds(15)

    /// The pause before a Redis that is connected and does not answer is asked again.
    private static let retryInterval: Duration = .milliseconds(500)

    private let client: RedisClient
    private let cluster: ClusterName
    private let replicas: Int
    private let logger: Logger
    private let ready = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))

    init(client: RedisClient, cluster: ClusterName, replicas: Int, logger: Logger) {
        self.client = client
        self.cluster = cluster
        self.replicas = replicas
        self.logger = logger
    }

    /// Returns true once a fit Redis was reached, false if the checks ended before. Only one caller may wait.
    func waitUntilReady() async -> Bool {
        for await _ in ready.stream { return true }
        return false
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
                    ready.continuation.yield()
                    return await watch()
                }
            }
        }
    }

    /// Asks Redis for its rights and properties until it answers; nil when the connection is lost.
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

    /// Asks Redis for its rights and properties; nil if it does not answer.
    private func assess() async -> RedisCompatibility? {
        do {
            return try await RedisCompatibility.check(client, cluster: cluster, replicas: replicas)
        } catch {
            logger.warning("Redis does not report its rights and properties", metadata: ["cause": "\(error)"])
            return nil
        }
    }
}
