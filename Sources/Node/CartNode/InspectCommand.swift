import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartHTTP
import Logging
import NIOPosix
import NodeConfiguration
import Ownership
import RedisActorStore
import RedisClient

/// The stored record of one cart as text: shows why a cart cannot be read, or who owns it.
///
/// It only reads, so it is safe on a cluster at work.
enum InspectCommand {
    /// The reason for which there is nothing to print.
    enum Failure: Error, CustomStringConvertible {
        case noID(String)
        case unreachable(String)
        case noCart(key: String)

        var description: String {
            switch self {
            case .noID(let id): "\"\(id)\" can be no cart's id"
            case .unreachable(let why): "Redis cannot be asked: \(why)"
            case .noCart(let key): "Redis has no key \(key)"
            }
        }

        /// The codes of `sysexits.h`: usage, no input, unavailable.
        var exitCode: Int32 {
            switch self {
            case .noID: 64
            case .noCart: 66
            case .unreachable: 69
            }
        }
    }

    static func text(of id: String, _ settings: NodeSettings) async throws -> String {
        let cart: CartID
        do {
            cart = try CartID(id)
        } catch {
            throw Failure.noID(id)
        }
        guard let cluster = ClusterName(settings.cluster.name) else {
            throw BadSetting(
                "cluster-name",
                problem: "not fit for a key in Redis (got \"\(settings.cluster.name)\")"
            )
        }
        let logger = Logger(label: "cart-node", factory: { _ in SwiftLogNoOpLogHandler() })
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let configuration = try server(settings)
        let topology = RedisClusterTopology(configuration: configuration, eventLoop: loop, logger: logger)
        let servers =
            topology.map {
                RedisServers.cluster(
                    RedisClusterClient(
                        configuration: configuration,
                        topology: $0,
                        eventLoop: loop,
                        logger: logger
                    )
                )
            } ?? .one(RedisClient(configuration: configuration, eventLoop: loop, logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            if let topology { group.addTask { await topology.run() } }
            group.addTask { try await servers.run() }
            defer { group.cancelAll() }
            guard try await connected(servers, within: settings.redis.connectTimeout) else {
                try await group.next()
                throw Failure.unreachable("the client ended")
            }
            return try await text(
                of: cart,
                RedisActorHistoryStore(servers: servers, cluster: cluster),
                settings
            )
        }
    }

    private static func server(_ settings: NodeSettings) throws -> RedisConfiguration {
        let configuration =
            switch settings.redis.server {
            case .url(let shared): shared
            case .embedded: try EmbeddedRedis.running(in: settings.dataFolder)
            }
        return settings.redis.settled(configuration)
    }

    /// Waits for a connection.
    ///
    /// - Returns: false if the client has ended, which says why itself.
    private static func connected(_ servers: RedisServers, within patience: Duration) async throws -> Bool {
        let outcome = try await withThrowingTaskGroup(of: Bool?.self) { group in
            group.addTask { await servers.reached() }
            group.addTask {
                try await ContinuousClock().sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        if let outcome { return outcome }
        let reason = servers.disconnectReason ?? "unknown"
        throw Failure.unreachable("no connection within \(patience): \(reason)")
    }

    private static func text(
        of cart: CartID,
        _ store: RedisActorHistoryStore,
        _ settings: NodeSettings
    ) async throws -> String {
        let id = ActorID(cart.text)
        let record: RecordFormatter
        do throws(StoreFailure) {
            let type = try await store.type(of: id)
            record = RecordFormatter(
                key: store.key(of: id),
                type: type,
                life: try await store.timeToLive(of: id),
                fields: type == "hash" ? try await store.fields(of: id) : [],
                cart: cart,
                retention: settings.redis.retention
            )
        } catch {
            throw Failure.unreachable("\(error)")
        }
        guard record.type != "none" else { throw Failure.noCart(key: record.key) }
        return record.text
    }
}
