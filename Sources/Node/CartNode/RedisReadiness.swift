import CartHTTP
import LogEvents
import Logging
import NodeConfiguration
import RedisActorStore
import RedisClient
import ServiceLifecycle
import Synchronization
import Timing

/// Holds the node back until it has reached a fit Redis, and checks that Redis from then on.
///
/// A Redis that is unfit when it is first reached ends the process. One that becomes unfit under a running
/// node is logged as an error: to stop serving would lose more than may be lost.
final class RedisReadiness: Service {
    /// The time between two checks of a Redis that was found fit.
    private static let interval: Duration = .seconds(15)

    /// The pause before a Redis that is connected and does not answer is asked again.
    private static let retryInterval: Duration = .milliseconds(500)

    private let servers: RedisServers
    private let cluster: ClusterName
    private let settings: NodeSettings
    private let learnNodeTimeout: @Sendable (Duration) -> Void
    private let nodeTimeout = Mutex(Duration?.none)
    private let logger: Logger
    private let logThrottle = LogThrottle(interval: .seconds(60))
    private let ready = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
    private let assessed = Mutex(RedisStatus())
    private let tier = Mutex(DurabilityTier?.none)

    /// - Parameter learnNodeTimeout: called with the node timeout of a Redis Cluster before the node is ready, and
    ///   with each longer one.
    init(
        servers: RedisServers,
        cluster: ClusterName,
        settings: NodeSettings,
        learnNodeTimeout: @escaping @Sendable (Duration) -> Void,
        logger: Logger
    ) {
        self.servers = servers
        self.cluster = cluster
        self.settings = settings
        self.learnNodeTimeout = learnNodeTimeout
        self.logger = logger
    }

    /// The result of the last check, which says nothing of the connection.
    var status: RedisStatus { assessed.withLock { $0 } }

    /// The durability that Redis offered at the last check; nil before the first one.
    var durability: DurabilityTier? { tier.withLock { $0 } }

    /// Returns true once a fit Redis was reached, false if the checks ended before. Only one caller may wait.
    func waitUntilReady() async -> Bool {
        for await _ in ready.stream { return true }
        return false
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { [self] in
            defer { ready.continuation.finish() }
            while !Task.isCancelled, await servers.reached() {
                guard let admission = await firstAdmission() else { continue }
                switch admission {
                case .refused(let refusal): throw refusal
                case .admitted(let tier, let server, _, _):
                    logger.event(.redisFit, ["server": "\(server)", "durability": "\(tier)"])
                    ready.continuation.yield()
                    return await watch()
                }
            }
        }
    }

    /// Asks Redis for its rights and properties until it answers; nil when the connection is lost or the node
    /// stops.
    private func firstAdmission() async -> RedisAdmission? {
        while servers.isConnected {
            if let admission = await assess() { return admission }
            do {
                try await Task.sleep(for: Self.retryInterval)
            } catch {
                // The node stops, which is no failure.
                return nil
            }
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
            if servers.isConnected, case .refused(let refusal)? = await assess() {
                logger.event(.redisUnfit, ["cause": "\(refusal)"])
            }
        }
    }

    /// Asks Redis for its rights and properties; nil if it does not answer.
    private func assess() async -> RedisAdmission? {
        var status = RedisStatus()
        let result: RedisAdmission?
        do throws(RedisError) {
            let found = try await RedisAdmission.check(servers, cluster: cluster, settings: settings)
            switch found {
            case .admitted(let tier, _, let nodeTimeout, let warnings):
                status.durability = "\(tier)"
                self.tier.withLock { $0 = tier }
                status.warnings = warnings
                learn(nodeTimeout)
            case .refused(let refusal): status.problem = "\(refusal)"
            }
            result = found
        } catch {
            status.problem = "Redis does not report its rights and properties: \(error)"
            result = nil
        }
        report(status, isAnswer: result != nil)
        return result
    }

    /// The first one replaces what was assumed. Rights that were given under a longer one may still last.
    private func learn(_ timeout: Duration?) {
        guard let timeout else { return }
        let isNews = nodeTimeout.withLock { known in
            guard known.map({ timeout > $0 }) ?? true else { return false }
            known = timeout
            return true
        }
        if isNews { learnNodeTimeout(timeout) }
    }

    /// Keeps the status, and logs what is new in it. Without an answer, what was found before stays.
    private func report(_ status: RedisStatus, isAnswer: Bool) {
        let former = assessed.withLock { assessed in
            let former = assessed
            if isAnswer { assessed = status } else { assessed.problem = status.problem }
            return former
        }
        if !isAnswer, let problem = status.problem, problem != former.problem {
            logger.event(.redisSilent, limitedBy: logThrottle, ["cause": "\(problem)"])
        }
        for warning in status.warnings where !former.warnings.contains(warning) {
            logger.event(.redisWarning, limitedBy: logThrottle, key: warning, ["warning": "\(warning)"])
        }
    }
}
