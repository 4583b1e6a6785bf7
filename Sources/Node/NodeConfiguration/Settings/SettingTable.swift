import Cart
import LogOutput
import Logging

/// All settings. Parsing, checks, `--help` and the handbook's table follow from this table.
enum SettingTable {
    static let groups = [addresses, redis, cluster, lease, memory, requests, shutdown]

    static let all = groups.flatMap(\.settings)

    private static let addresses = SettingGroup(
        title: "Addresses",
        settings: [
            .host("http-host", \.http.host, meaning: "address for carts over HTTP"),
            .port("http-port", \.http.port, meaning: "port of `http-host`"),
            .host("grpc-host", \.grpc.host, meaning: "address for carts over gRPC"),
            .optionalPort(
                "grpc-port",
                \.grpc.port,
                aliases: [Alias(variable: "CART_PORT") { $0 }],
                meaning: "port of `grpc-host`"
            ),
            .host(
                "retail-host",
                \.retail.host,
                meaning: "address of the AWS retail store's cart API over HTTP"
            ),
            .optionalPort("retail-port", \.retail.port, meaning: "port of `retail-host`"),
            .host(
                "ops-host",
                \.operations.host,
                meaning: "address of the page for operators, `/livez`, `/readyz`, `/status` and `/metrics`"
            ),
            .port("ops-port", \.operations.port, meaning: "port of `ops-host`"),
            .advertised(
                "ops-advertise",
                \.operationsAdvertised,
                defaultText:
                    "`ops-host` and `ops-port`; the host of `link-advertise` if `ops-host` stands for every "
                    + "address",
                meaning: "address at which operators' browsers and the other nodes reach `ops-port`"
            ),
            .host(
                "link-host",
                \.link.listen.host,
                meaning: "address on which the node listens for other nodes"
            ),
            .port("link-port", \.link.listen.port, meaning: "port of `link-host`"),
            .advertised(
                "link-advertise",
                \.link.advertised,
                defaultText: "`link-host` and `link-port`",
                meaning:
                    "address that other nodes connect to; required if `link-host` stands for every address"
            ),
            .word(
                "node-name",
                \.nodeName,
                defaultText: "the machine's name and `http-port`",
                meaning: "name of the node in logs, answers and `/status`"
            ),
        ]
    )

    private static let redis = SettingGroup(
        title: "Redis and disk",
        settings: [
            .redisURL,
            .redisURLFile,
            .word(
                "sentinel-user",
                \.redis.sentinelUser,
                defaultText: "the sentinels' `default`",
                meaning: "user at the sentinels of `redis-url`"
            ),
            .sentinelPassword,
            .contents(of: .sentinelPassword),
            .duration(
                "redis-command-timeout",
                \.redis.commandTimeout,
                in: .milliseconds(50)...(.seconds(60)),
                meaning: "maximum time from a command to its reply"
            ),
            .duration(
                "redis-connect-timeout",
                \.redis.connectTimeout,
                in: .milliseconds(50)...(.seconds(60)),
                meaning: "maximum time of one attempt to connect"
            ),
            .count(
                "redis-replicas",
                \.redis.replicas,
                in: 0...16,
                defaultText: "0; 1 with sentinels",
                meaning: "number of replicas that must confirm each heartbeat (`WAIT`)"
            ),
            .flag(
                "unsafe-failover",
                \.redis.allowsUnsafeFailover,
                meaning:
                    "lets sentinels replace the primary with `redis-replicas 0`: two nodes may then answer for one cart"
            ),
            .duration(
                "retention",
                \.redis.retention,
                in: .seconds(60)...(.seconds(3_650 * 86_400)),
                meaning: "time for which Redis keeps an unused cart"
            ),
            .choice(
                "strategy",
                \.redis.strategy,
                meaning:
                    "form in which commits write carts to Redis; nodes read every form, "
                    + "so it can be changed at any time"
            ),
            .count(
                "snapshot-every",
                \.redis.snapshotInterval,
                in: 1...10_000,
                meaning: "number of commits after which `events` replaces a cart's events with the whole cart"
            ),
            .duration(
                "tombstone-retention",
                \.redis.tombstoneRetention,
                in: .seconds(60)...(.seconds(3_650 * 86_400)),
                meaning: "time for which Redis keeps the remains of a deleted or merged cart"
            ),
            .folder(
                "data-dir",
                \.dataFolder,
                defaultText: "`cart-node` under `$XDG_STATE_HOME` or `~/.local/state`",
                meaning: "folder of the node's lock, its session record and the embedded Redis"
            ),
            .choice(
                "embedded-redis-fsync",
                \.redis.embeddedFsync,
                meaning: "when the embedded Redis flushes changes to the disk"
            ),
        ]
    )

    private static let cluster = SettingGroup(
        title: "Cluster",
        settings: [
            .word(
                "cluster-name",
                \.cluster.name,
                meaning: "prefix of every key in Redis; nodes with the same name share carts"
            ),
            .clusterSecret,
            .contents(of: .clusterSecret),
            .flag(
                "single-node",
                \.cluster.isSingleNode,
                meaning: "states that no other node shares the Redis of `redis-url`"
            ),
            .file(
                "link-tls-cert",
                \.link.certificate,
                meaning: "certificate (PEM) with which the node encrypts the link; needs the two below"
            ),
            .file("link-tls-key", \.link.key, meaning: "key (PEM) of `link-tls-cert`"),
            .file(
                "link-tls-ca",
                \.link.authorities,
                meaning: "certificates (PEM) of the authorities of all nodes' `link-tls-cert`"
            ),
            .count(
                "asks-per-link",
                \.link.asksPerConnection,
                in: 1...65_536,
                meaning: "maximum number of requests in flight on one connection to another node"
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
                defaultText: "5s; 10s with sentinels; 20s with a Redis Cluster",
                meaning:
                    "time for which a node may own carts without a heartbeat; "
                    + "others take over after this and the margin"
            ),
            .duration(
                "lease-margin",
                \.lease.margin,
                in: .milliseconds(10)...(.seconds(60)),
                meaning: "allowance for clocks that run at different speeds"
            ),
            .duration(
                "heartbeat-interval",
                \.lease.heartbeatInterval,
                in: .milliseconds(10)...(.seconds(60)),
                meaning: "time between two heartbeats"
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
                meaning: "time after which an unused cart leaves memory"
            ),
            .count(
                "live-carts-limit",
                \.host.liveCarts,
                in: 1...100_000_000,
                meaning: "maximum number of carts in memory"
            ),
            .count(
                "mailbox-limit",
                \.host.mailbox,
                in: 1...1_000_000,
                meaning: "maximum number of commands that wait for one cart"
            ),
            .count(
                "batch-limit",
                \.host.batch,
                in: 1...100_000,
                meaning: "maximum number of commands in one commit"
            ),
            .count(
                "restores-limit",
                \.host.restores,
                in: 1...100_000,
                meaning: "maximum number of restores from Redis under way at once"
            ),
            .count(
                "event-loops",
                \.host.eventLoops,
                in: 0...1_024,
                meaning:
                    "number of event loops, among which carts and connections are shared out; "
                    + "0 for one a processor"
            ),
            .count(
                "follow-after",
                \.host.followAfter,
                in: 0...1_000_000,
                meaning:
                    "number of requests for a cart in a row that come from one other node, "
                    + "after which that node becomes its owner; 0 for never"
            ),
            .duration(
                "follow-interval",
                \.host.followInterval,
                in: .zero...(.seconds(86_400)),
                meaning: "minimum time for which a node keeps a cart before such a move"
            ),
            .count(
                "lines-limit",
                \.cart.lines,
                in: 1...100_000,
                meaning: "maximum number of lines in a cart"
            ),
            .count(
                "quantity-limit",
                \.cart.quantity,
                in: 1...1_000_000_000,
                meaning: "maximum quantity of a line"
            ),
            .size(
                "metadata-limit",
                \.cart.metadataBytes,
                in: 0...(1 << 20),
                meaning: "maximum size of all attributes of a cart together"
            ),
            .count(
                "actions-limit",
                \.cart.actions,
                in: 1...1_000,
                meaning: "maximum number of actions in a batch"
            ),
        ]
    )

    private static let requests = SettingGroup(
        title: "Requests and logs",
        settings: [
            .size(
                "body-limit",
                \.bodyLimit,
                in: 1_024...(16 << 20),
                meaning: "maximum size of a request's body"
            ),
            .duration(
                "request-deadline",
                \.requestDeadline,
                in: .milliseconds(50)...(.seconds(300)),
                meaning: "time after which the node answers a request with a time-out"
            ),
            .count(
                "streams-limit",
                \.streams,
                in: 0...1_000_000,
                meaning: "maximum number of clients watching carts"
            ),
            .count(
                "connections-limit",
                \.connections.clients,
                in: 1...1_000_000,
                meaning:
                    "maximum number of connections to the ports for carts (HTTP, gRPC, retail store) together"
            ),
            .count(
                "connections-per-address",
                \.connections.clientsPerAddress,
                in: 1...1_000_000,
                meaning: "maximum number of those from one IPv4 address or one IPv6 network of 64 bits"
            ),
            .count(
                "ops-connections-limit",
                \.connections.operations,
                in: 1...1_000_000,
                meaning: "maximum number of connections to `ops-port`"
            ),
            .count(
                "ops-connections-per-address",
                \.connections.operationsPerAddress,
                in: 1...1_000_000,
                meaning: "maximum number of those from one IPv4 address or one IPv6 network of 64 bits"
            ),
            .corsOrigins,
            .trustedToken,
            .contents(of: .trustedToken),
            .choice(
                "prices",
                \.prices,
                meaning:
                    "callers that may add lines, and so name their prices; `trusted` requires `trusted-token`"
            ),
            .opsToken,
            .contents(of: .opsToken),
            .choice(
                "ops-trust",
                \.opsTrust,
                meaning:
                    "machines that `ops-port` answers more than `/`, `/livez` and `/readyz`, as long as there is "
                    + "no `ops-token`: the node's own, or any"
            ),
            .traceKey,
            .contents(of: .traceKey),
            .choice("log-level", \.logLevel, meaning: "least severe level that the node logs"),
            .choice("log-format", \.logFormat, meaning: "form of the log: lines for people, or JSON objects"),
            .flag("log-cart-ids", \.logsCartIDs, meaning: "lets the log name carts"),
        ]
    )

    private static let shutdown = SettingGroup(
        title: "Shutdown",
        settings: [
            .duration(
                "drain-budget",
                \.shutdown.drainBudget,
                in: .milliseconds(100)...(.seconds(3_600)),
                defaultText: "25s; 35s with sentinels; 55s with a Redis Cluster",
                meaning: "maximum time for handing everything over after SIGTERM"
            ),
            .duration(
                "lame-duck",
                \.shutdown.lameDuck,
                in: .zero...(.seconds(300)),
                meaning: "minimum time for which the node still accepts requests after it stops being ready"
            ),
        ]
    )
}
