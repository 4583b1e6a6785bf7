import Cart
import Logging

/// Every setting there is. Reading, checking, `--help` and the handbook's table all follow from this one.
enum SettingTable {
    static let groups = [addresses, redis, cluster, lease, memory, requests, shutdown]

    static let all = groups.flatMap(\.settings)

    private static let addresses = SettingGroup(
        title: "Addresses",
        settings: [
            .host("http-host", \.http.host, "where carts are served over HTTP"),
            .port("http-port", \.http.port, "the port of that"),
            .host("grpc-host", \.grpc.host, "where carts are served over gRPC"),
            .optionalPort(
                "grpc-port",
                \.grpc.port,
                aliases: [
                    // In Kubernetes it is the address of a service that is called cart, unless somebody sets it.
                    Alias(variable: "CART_PORT") { $0.contains("://") ? nil : $0 }
                ],
                "the port of that"
            ),
            .host("retail-host", \.retail.host, "where the AWS retail store's cart API is served over HTTP"),
            .optionalPort("retail-port", \.retail.port, "the port of that"),
            .host("ops-host", \.operations.host, "where `/livez`, `/readyz` and `/status` are answered"),
            .port("ops-port", \.operations.port, "the port of that"),
            .host("link-host", \.link.listen.host, "where other nodes reach this one"),
            .port("link-port", \.link.listen.port, "the port of that"),
            .advertised(
                "link-advertise",
                \.link.advertised,
                defaultText: "`link-host` and `link-port`",
                "what other nodes are told to connect to; must be given where `link-host` means every address"
            ),
            .word(
                "node-name",
                \.nodeName,
                defaultText: "the machine's name and `http-port`",
                "what operators, logs and answers call this node"
            ),
        ]
    )

    private static let redis = SettingGroup(
        title: "Redis and disk",
        settings: [
            .redisURL,
            .contents(of: .redisURL),
            .duration(
                "redis-command-timeout",
                \.redis.commandTimeout,
                in: .milliseconds(50)...(.seconds(60)),
                "the most time from a command to its reply"
            ),
            .duration(
                "redis-connect-timeout",
                \.redis.connectTimeout,
                in: .milliseconds(50)...(.seconds(60)),
                "the most time that one attempt to connect may take"
            ),
            .count(
                "redis-replicas",
                \.redis.replicas,
                in: 0...16,
                "how many replicas must confirm each heartbeat (`WAIT`)"
            ),
            .duration(
                "retention",
                \.redis.retention,
                in: .seconds(60)...(.seconds(3_650 * 86_400)),
                "how long a cart that nobody uses is kept"
            ),
            .choice(
                "strategy",
                \.redis.strategy,
                "how carts are written to Redis; each is read in whatever form it lies, so it can be changed at any time"
            ),
            .count(
                "snapshot-every",
                \.redis.snapshotInterval,
                in: 1...10_000,
                "after how many commits `events` writes the whole cart in place of its events"
            ),
            .duration(
                "tombstone-retention",
                \.redis.tombstoneRetention,
                in: .seconds(60)...(.seconds(3_650 * 86_400)),
                "how long is known of a deleted or merged cart that it is"
            ),
            .folder(
                "data-dir",
                \.dataFolder,
                defaultText: "`cart-node` under `$XDG_STATE_HOME` or `~/.local/state`",
                "the folder of the node's lock, its session's record and the embedded Redis"
            ),
            .choice(
                "embedded-redis-fsync",
                \.redis.embeddedFsync,
                "when the embedded Redis brings changes to the disk"
            ),
        ]
    )

    private static let cluster = SettingGroup(
        title: "Cluster",
        settings: [
            .word(
                "cluster-name",
                \.cluster.name,
                "the prefix of every key in Redis; nodes of one name share carts"
            ),
            .clusterSecret,
            .contents(of: .clusterSecret),
            .flag(
                "single-node",
                \.cluster.isSingleNode,
                "that no other node shares the Redis of `redis-url`"
            ),
            .count(
                "links-per-peer",
                \.link.streamsPerPeer,
                in: 1...64,
                "how many streams are kept open to each other node"
            ),
            .count(
                "asks-per-link",
                \.link.asksPerStream,
                in: 1...65_536,
                "how many requests may wait on one stream"
            ),
        ]
    )

    private static let lease = SettingGroup(
        title: "Lease (equal on all nodes of a cluster)",
        settings: [
            .duration(
                "lease-length",
                \.lease.length,
                in: .milliseconds(200)...(.seconds(300)),
                "how long a node may own carts without a heartbeat; others take them over after this and the margin"
            ),
            .duration(
                "lease-margin",
                \.lease.margin,
                in: .milliseconds(10)...(.seconds(60)),
                "what covers clocks that tick at different speeds"
            ),
            .duration(
                "heartbeat-interval",
                \.lease.heartbeatInterval,
                in: .milliseconds(10)...(.seconds(60)),
                "the time between two heartbeats"
            ),
        ]
    )

    private static let memory = SettingGroup(
        title: "Memory and load",
        settings: [
            .duration(
                "idle-timeout",
                \.host.idleTimeout,
                in: .milliseconds(100)...(.seconds(30 * 86_400)),
                "how long a cart may be unused before it leaves memory"
            ),
            .count(
                "live-carts-limit",
                \.host.liveCarts,
                in: 1...100_000_000,
                "how many carts may be in memory"
            ),
            .count(
                "mailbox-limit",
                \.host.mailbox,
                in: 1...1_000_000,
                "how many commands may wait for one cart"
            ),
            .count("batch-limit", \.host.batch, in: 1...100_000, "how many commands may leave as one commit"),
            .count(
                "restores-limit",
                \.host.restores,
                in: 1...100_000,
                "how many carts may be fetched from Redis at once, at most"
            ),
            .count("lines-limit", \.cart.lines, in: 1...100_000, "how many lines a cart may have"),
            .count(
                "quantity-limit",
                \.cart.quantity,
                in: 1...1_000_000_000,
                "how many of one article a line may hold"
            ),
            .size(
                "metadata-limit",
                \.cart.metadataBytes,
                in: 0...(1 << 20),
                "all attributes of a cart together"
            ),
            .count("actions-limit", \.cart.actions, in: 1...1_000, "how many actions a batch may have"),
        ]
    )

    private static let requests = SettingGroup(
        title: "Requests and logs",
        settings: [
            .size("body-limit", \.bodyLimit, in: 1_024...(16 << 20), "the body of a request"),
            .duration(
                "request-deadline",
                \.requestDeadline,
                in: .milliseconds(50)...(.seconds(300)),
                "how long a request may take before it is answered that its time ran out"
            ),
            .count("streams-limit", \.streams, in: 0...1_000_000, "how many clients may watch carts at once"),
            .trustedToken,
            .contents(of: .trustedToken),
            .choice("log-level", \.logLevel, "the least severe messages that are logged"),
        ]
    )

    private static let shutdown = SettingGroup(
        title: "Shutdown",
        settings: [
            .duration(
                "drain-budget",
                \.shutdown.drainBudget,
                in: .milliseconds(100)...(.seconds(3_600)),
                "the most time that handing everything over may take after SIGTERM"
            ),
            .duration(
                "lame-duck",
                \.shutdown.lameDuck,
                in: .zero...(.seconds(300)),
                "how long new requests are still taken after readiness went off"
            ),
        ]
    )
}
