import LogEvents
import Logging
import NIOCore
import NodeConfiguration
import RedisActorStore
import RedisClient
import Timing

/// A node's connections to Redis, by their use, and whoever knows the servers.
struct RedisConnections {
    /// Knows which Redis is the primary; nil where no sentinels tell.
    let sentinels: SentinelWatch?
    /// Knows the servers of a Redis Cluster; nil for anything else.
    let topology: RedisClusterTopology?
    /// Carries what is asked for from tasks: histories, and Redis's properties and rights.
    let tasks: RedisServers
    /// Carry the steps of carts, each those of the carts on its event loop.
    let carts: [RedisServers]
    /// Carries the heartbeats, on a thread of its own.
    let heartbeats: RedisServers
    /// Carries the probes of a cluster's servers, on the same thread; nil for a single server.
    let probes: RedisClusterClient?
    /// All of them lose and find the same server.
    let logThrottle = LogThrottle(interval: .seconds(10))

    /// - Parameters:
    ///   - configuration: the server or servers.
    ///   - loops: the threads of the carts.
    ///   - heartbeatLoop: the thread of the heartbeats.
    init(
        to configuration: RedisConfiguration,
        loops: any EventLoopGroup,
        heartbeatLoop: any EventLoop,
        logger: Logger
    ) {
        // On the thread of the heartbeats, which has little else to do: the carts' loops may be busy just then.
        topology = RedisClusterTopology(
            configuration: configuration,
            eventLoop: heartbeatLoop,
            logger: logger.of(connection: "topology")
        )
        let sentinels = SentinelWatch(
            configuration: configuration,
            eventLoop: heartbeatLoop,
            logger: logger.of(connection: "sentinels")
        )
        self.sentinels = sentinels
        let (topology, throttle) = (topology, logThrottle)
        func cluster(
            _ topology: RedisClusterTopology,
            _ name: String,
            on loop: any EventLoop
        ) -> RedisClusterClient {
            RedisClusterClient(
                configuration: configuration,
                topology: topology,
                eventLoop: loop,
                logger: logger.of(connection: name),
                logThrottle: throttle
            )
        }
        func servers(_ name: String, on loop: any EventLoop) -> RedisServers {
            if let topology { return .cluster(cluster(topology, name, on: loop)) }
            let client = RedisClient(
                configuration: configuration,
                eventLoop: loop,
                logger: logger.of(connection: name),
                logThrottle: throttle,
                watch: sentinels
            )
            return .one(client)
        }
        tasks = servers("tasks", on: loops.next())
        heartbeats = servers("heartbeats", on: heartbeatLoop)
        probes = topology.map { cluster($0, "probes", on: heartbeatLoop) }
        if let topology {
            let clients = RedisClusterClient.onEachLoop(
                of: loops,
                configuration: configuration,
                topology: topology,
                logger: logger.of(connection: "carts"),
                logThrottle: throttle
            )
            carts = clients.map { .cluster($0) }
        } else {
            let clients = RedisClient.onEachLoop(
                of: loops,
                configuration: configuration,
                logger: logger.of(connection: "carts"),
                logThrottle: throttle,
                watch: sentinels
            )
            carts = clients.map { .one($0) }
        }
    }

    /// All connections, in the order in which they are begun.
    var all: [RedisServers] {
        [heartbeats, tasks] + carts + (probes.map { [.cluster($0)] } ?? [])
    }

    /// The reason why a server is not connected; nil if all are.
    var disconnectReason: String? {
        // A lazy sequence asks again for the value that it has found, and may find none.
        for servers in all {
            if let reason = servers.disconnectReason { return reason }
        }
        return nil
    }
}

extension Logger {
    /// The logger of one of the connections to Redis, whose lines name it.
    func of(connection name: String) -> Logger {
        var logger = self
        logger[metadataKey: "connection"] = "\(name)"
        return logger
    }
}
