package import ActorRuntime
package import Cart
package import LogOutput
package import Logging
package import Ownership
package import RedisClient

/// All settings of a node. `init` gives the defaults.
package struct NodeSettings: Sendable {
    /// The address of the HTTP API.
    package var http = Endpoint(host: "127.0.0.1", port: 8080)
    /// The address of the gRPC API, for our own clients and for those of demo shops.
    package var grpc = OptionalEndpoint(host: "127.0.0.1", port: 7070)
    /// The address of the AWS retail store's cart API.
    package var retail = OptionalEndpoint(host: "127.0.0.1", port: nil)
    /// The address of the operations port: `/livez`, `/readyz`, `/status`, `/metrics`, and the page.
    package var operations = Endpoint(host: "127.0.0.1", port: 9090)
    /// The `host:port` at which operators and the other nodes reach the operations port.
    package var operationsAdvertised = ""
    /// The link to other nodes.
    package var link = LinkSettings()
    /// The node's name for operators, logs and answers.
    package var nodeName = ""
    /// The folder of everything that outlives the process: the lock, the session's record and the embedded
    /// Redis.
    package var dataFolder = ""
    package var redis = RedisSettings()
    package var cluster = ClusterSettings()
    package var lease = LeaseSettings()
    package var host = HostLimits()
    package var cart = CartLimits()
    /// The maximum size of a request's body, in bytes.
    package var bodyLimit = 64 * 1024
    /// The maximum number of clients that watch carts.
    package var streams = 10_000
    /// The time after which the node answers a request with a time-out.
    package var requestDeadline: Duration = .seconds(2)
    /// The origins whose pages may call the node, as browsers spell them.
    package var corsOrigins: Set<String> = []
    /// The token of callers that may set prices; empty: no caller may.
    package var trustedToken = Secret("")
    /// The callers that may name the price of a line that they add.
    package var prices = PriceSource.any
    /// The token of operators; empty: there is none, and nobody may act by the operations port.
    package var opsToken = Secret("")
    /// The machines that the operations port answers without a token, as long as there is none.
    package var opsTrust = OperationsTrust.loopback
    package var connections = ConnectionSettings()
    package var shutdown = ShutdownSettings()
    /// The least severe level that the node logs.
    package var logLevel = Logger.Level.info
    /// The form of the log's lines.
    package var logFormat = LogFormat.text
    /// True if the log may name carts.
    package var logsCartIDs = false
    /// The key of the hashes by which spans name carts; empty: spans name none.
    package var traceKey = Secret("")
    /// Lines for the log: what was given and has no effect.
    package var warnings: [String] = []
    /// The names of the settings that were given a value, so that others can follow the kind of Redis.
    var given: Set<String> = []

    /// The Redis in use, without its secret, for people.
    package var redisAddress: String {
        switch redis.server {
        case .embedded: "embedded"
        case .url(let server): "\(server)"
        }
    }

    /// A name of the Redis in use, without its secret: equal names are the same Redis. Of sentinels it has the name of
    /// the primary alone, because their list may change.
    package var redisIdentity: String {
        switch redis.server {
        case .embedded: "embedded"
        case .url(let server): server.identity
        }
    }

    /// The defaults. Those that depend on the machine (name, data folder, advertised address, secret) are
    /// empty.
    package init() {}
}

/// The callers whose prices a node believes.
package enum PriceSource: String, Sendable, CaseIterable {
    /// All callers.
    case any
    /// Callers that present the token of `trusted-token`.
    case trusted
}

/// The machines that a node's operations port answers without a token.
package enum OperationsTrust: String, Sendable, CaseIterable {
    /// The node's own machine.
    case loopback
    /// All that reach it.
    case any
}

/// A name or an address of this machine, and a TCP port.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    /// In 1…65535.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// True if only this machine reaches the host.
    package var isLoopback: Bool { ["localhost", "::1"].contains(host) || host.hasPrefix("127.") }

    /// True if the host stands for every address of the machine.
    var isWildcard: Bool { ["0.0.0.0", "::"].contains(host) }

    /// `host:port`, with an IPv6 address in brackets.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// An address that can be switched off.
package struct OptionalEndpoint: Sendable, Hashable {
    /// A name or an address of this machine.
    package var host: String
    /// In 1…65535; nil where it is switched off.
    package var port: Int?

    /// The address; nil if it is switched off.
    package var endpoint: Endpoint? { port.map { Endpoint(host: host, port: $0) } }
}

extension NodeSettings {
    /// The settings of the link between nodes.
    package struct LinkSettings: Sendable {
        package var listen = Endpoint(host: "127.0.0.1", port: 7170)
        /// The `host:port` that other nodes connect to.
        package var advertised = ""
        /// The maximum number of requests in flight on one connection.
        package var asksPerConnection = 1_024
        /// The paths of the node's certificate, its key and the cluster's authorities; empty for a link that is not
        /// encrypted. All are given, or none is.
        package var certificate = ""
        package var key = ""
        package var authorities = ""
    }

    /// The settings of Redis and of the form in which it holds carts.
    package struct RedisSettings: Sendable {
        package var server = RedisLocation.embedded
        /// The maximum time from a command's submission to its reply.
        package var commandTimeout: Duration = .seconds(1)
        /// The maximum time of one attempt to connect.
        package var connectTimeout: Duration = .seconds(1)
        /// The user and the password at the sentinels; empty for none. Those at the servers are in the URL.
        package var sentinelUser = ""
        package var sentinelPassword = Secret("")
        /// The number of replicas that must confirm a heartbeat before it extends the lease.
        package var replicas = 0
        /// True if sentinels may replace the primary although no replica confirms heartbeats.
        package var allowsUnsafeFailover = false
        /// The time at which the embedded Redis flushes changes to the disk.
        package var embeddedFsync = EmbeddedFsync.everysec
        /// The time for which Redis keeps an unused cart.
        package var retention: Duration = .seconds(30 * 24 * 3600)
        /// The form in which commits write carts.
        package var strategy = PersistenceStrategy.incremental
        /// For `events`: the number of commits after which the whole cart is written.
        package var snapshotInterval = 50
        /// The time for which Redis keeps the remains of a deleted or merged cart.
        package var tombstoneRetention: Duration = .seconds(7 * 24 * 3600)
    }

    /// The nodes that share carts.
    package struct ClusterSettings: Sendable {
        /// The prefix of every key in Redis.
        package var name = "cart"
        /// The shared secret by which nodes recognize each other.
        package var secret = Secret("")
        /// True if no other node shares the Redis, so that no other node needs the secret.
        package var isSingleNode = false
    }

    /// The timing of the session's lease.
    package struct LeaseSettings: Sendable {
        package var length = LeasePolicy().length
        package var margin = LeasePolicy().margin
        package var heartbeatInterval = LeasePolicy().heartbeatInterval

        package var policy: LeasePolicy {
            LeasePolicy(length: length, margin: margin, heartbeatInterval: heartbeatInterval)
        }
    }

    /// The limits on actors in memory and on commands in flight.
    package struct HostLimits: Sendable {
        /// The time after which an unused cart leaves memory.
        package var idleTimeout: Duration = .seconds(15 * 60)
        /// The maximum number of carts in memory.
        package var liveCarts = 1_000_000
        /// The maximum number of commands that wait for one cart.
        package var mailbox = 1_024
        /// The maximum number of commands in one commit.
        package var batch = 128
        /// The maximum number of restores from Redis under way at once.
        package var restores = 64
        /// The number of event loops; 0 for one a processor that the process may use.
        package var eventLoops = 0
        /// The number of requests in a row from one other node after which it becomes the cart's owner; 0 for
        /// never.
        package var followAfter = 8
        /// The minimum time for which a node keeps a cart before such a move.
        package var followInterval: Duration = .seconds(10)
    }

    /// The limits on connections of clients and of operators.
    package struct ConnectionSettings: Sendable {
        /// The maximum number of connections to the ports for carts together.
        package var clients = 24_000
        /// The maximum number of those from one address.
        package var clientsPerAddress = 12_000
        /// The maximum number of connections to the operations port.
        package var operations = 256
        /// The maximum number of those from one address.
        package var operationsPerAddress = 128
    }

    /// The timing of a shutdown.
    package struct ShutdownSettings: Sendable {
        /// The maximum time from SIGTERM to the end of the process.
        package var drainBudget: Duration = .seconds(25)
        /// The time for which the node still accepts requests after it stops being ready.
        package var lameDuck: Duration = .seconds(1)
    }
}

/// The Redis that a node uses.
package enum RedisLocation: Sendable, Equatable {
    /// A child process of this node, which no other node uses.
    case embedded
    /// A server that other nodes may share.
    case url(RedisConfiguration)
}

/// The time at which a change reaches the disk of the embedded Redis.
package enum EmbeddedFsync: String, Sendable, Hashable, CaseIterable {
    /// Before it is acknowledged: nothing is lost to a power failure.
    case always
    /// Within a second or two: a power failure loses those, the death of a process loses nothing.
    case everysec
}
