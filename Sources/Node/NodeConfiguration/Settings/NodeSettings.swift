package import ActorRuntime
package import Cart
package import Logging
package import Ownership
package import RedisClient

/// Everything that an operator may decide about a node. What `init` gives are the defaults.
package struct NodeSettings: Sendable {
    /// Where carts are served over HTTP.
    package var http = Endpoint(host: "127.0.0.1", port: 8080)
    /// Where carts are served over gRPC, to our own clients and to those of demo shops.
    package var grpc = OptionalEndpoint(host: "127.0.0.1", port: 7070)
    /// Where the cart API of the AWS retail store is served.
    package var retail = OptionalEndpoint(host: "127.0.0.1", port: nil)
    /// Where `/livez`, `/readyz` and `/status` are answered.
    package var operations = Endpoint(host: "127.0.0.1", port: 9090)
    /// Where other nodes reach this one.
    package var link = LinkSettings()
    /// What operators, logs and answers call this node.
    package var nodeName = ""
    /// Where the node keeps what outlives its process: the lock, its session's record and the embedded Redis.
    package var dataFolder = ""
    package var redis = RedisSettings()
    package var cluster = ClusterSettings()
    package var lease = LeaseSettings()
    package var host = HostLimits()
    package var cart = CartLimits()
    /// The most bytes of a request's body.
    package var bodyLimit = 64 * 1024
    /// How many clients may watch carts at once.
    package var streams = 10_000
    /// How long a request may take before it is answered that its time ran out.
    package var requestDeadline: Duration = .seconds(2)
    /// What callers show that may set prices; empty: nobody may.
    package var trustedToken = Secret("")
    package var shutdown = ShutdownSettings()
    /// The least severe messages that are logged.
    package var logLevel = Logger.Level.info

    /// Which Redis this is, in words that hold no secret: the same words are the same Redis.
    package var redisIdentity: String {
        switch redis.server {
        case .embedded: "embedded"
        case .url(let server): "\(server)"
        }
    }

    /// The defaults. Those that depend on the machine (name, data folder, advertised address, secret) are empty.
    package init() {}
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

    /// `host:port`, with an IPv6 address in brackets.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Where something may be listened for.
package struct OptionalEndpoint: Sendable, Hashable {
    /// A name or an address of this machine.
    package var host: String
    /// In 1…65535; nil where it is switched off.
    package var port: Int?

    /// Where it is listened for, if it is.
    package var endpoint: Endpoint? { port.map { Endpoint(host: host, port: $0) } }
}

extension NodeSettings {
    /// The way between nodes.
    package struct LinkSettings: Sendable {
        package var listen = Endpoint(host: "127.0.0.1", port: 7170)
        /// `host:port` that other nodes use.
        package var advertised = ""
        /// How many streams are kept open to each peer.
        package var streamsPerPeer = 4
        /// How many asks may wait for their answers on one stream.
        package var asksPerStream = 256
    }

    /// Which Redis, and how patiently.
    package struct RedisSettings: Sendable {
        package var server = RedisLocation.embedded
        /// The most time from a command's submission to its reply.
        package var commandTimeout: Duration = .seconds(1)
        /// The most time that one attempt to connect may take.
        package var connectTimeout: Duration = .seconds(1)
        /// How many replicas must confirm a heartbeat before it extends the lease.
        package var replicas = 0
        /// When the embedded Redis brings changes to the disk.
        package var embeddedFsync = EmbeddedFsync.everysec
        /// How long a cart that nobody uses is kept.
        package var retention: Duration = .seconds(30 * 24 * 3600)
        /// In which form a cart is written.
        package var strategy = PersistenceStrategy.incremental
        /// For `events`: how many commits lie on top of a whole cart.
        package var snapshotInterval = 50
        /// How long is known of a deleted or merged cart that it is.
        package var tombstoneRetention: Duration = .seconds(7 * 24 * 3600)
    }

    /// The nodes that share carts.
    package struct ClusterSettings: Sendable {
        /// The prefix of every key in Redis.
        package var name = "cart"
        /// What nodes prove to each other that they belong together.
        package var secret = Secret("")
        /// Whether this node has its Redis to itself, so that nobody needs to know the secret.
        package var isSingleNode = false
    }

    /// How long a session lives without a heartbeat.
    package struct LeaseSettings: Sendable {
        package var length = LeasePolicy().length
        package var margin = LeasePolicy().margin
        package var heartbeatInterval = LeasePolicy().heartbeatInterval

        package var policy: LeasePolicy {
            LeasePolicy(length: length, margin: margin, heartbeatInterval: heartbeatInterval)
        }
    }

    /// How much the node keeps in memory and in flight.
    package struct HostLimits: Sendable {
        /// How long a cart may be unused before it leaves memory.
        package var idleTimeout: Duration = .seconds(15 * 60)
        /// How many carts may be in memory.
        package var liveCarts = 1_000_000
        /// How many commands may wait for one cart.
        package var mailbox = 1_024
        /// How many commands may leave as one commit.
        package var batch = 128
        /// How many carts may be fetched from Redis at once, at most.
        package var restores = 64
    }

    /// How the node leaves.
    package struct ShutdownSettings: Sendable {
        /// The most time from SIGTERM to the end of the process.
        package var drainBudget: Duration = .seconds(25)
        /// How long the node still takes requests after its readiness went off.
        package var lameDuck: Duration = .seconds(1)
    }
}

/// Whose Redis it is.
package enum RedisLocation: Sendable, Equatable {
    /// A private child of this node.
    case embedded
    /// One that others may share.
    case url(RedisConfiguration)
}

/// When a change reaches the disk of the embedded Redis.
package enum EmbeddedFsync: String, Sendable, Hashable, CaseIterable {
    /// Before it is acknowledged: nothing is lost to a power failure.
    case always
    /// Within a second or two: those are lost to a power failure, nothing to the death of a process.
    case everysec
}
