import ActorRuntime
import MetricReadings
import Ownership
import PeerTransport
import RedisActorStore

// The node's session, the other nodes, and Redis.

extension NodeMetrics {
    enum Sessions: MetricTable {
        static let leaseLeft = gauge(
            "cart_session_lease_remaining_seconds",
            help: "The time for which the node may still own carts without another heartbeat; 0 without a "
                + "session."
        )
        static let lease = gauge(
            "cart_session_lease_seconds",
            help: "The length of the node's lease, `--lease-length`."
        )
        static let heartbeats = durations(
            "cart_heartbeat_duration_seconds",
            by: MetricLabel("result", of: SessionCounts.HeartbeatResult.self),
            help: "Heartbeats by their end: answered, unconfirmed (by the replicas), dead (the session has a "
                + "tombstone), or failed."
        )
        static let lost = counter(
            "cart_sessions_lost_total",
            by: MetricLabel("reason", of: SessionCounts.Loss.self),
            help: "Sessions of this node that ended against its will: everything live was dropped."
        )
        static let members = gauge(
            "cart_members",
            by: MetricLabel("state", oneOf: Self.conditions.map(\.rawValue)),
            help: "Sessions in Redis that the last answered heartbeat showed, this node's own among them."
        )
        static let tombstones = gauge(
            "cart_tombstones",
            help: "Tombstones in Redis that the last answered heartbeat showed."
        )
        static let tombstoneWrites = counter(
            "cart_tombstone_writes_total",
            by: MetricLabel("result", of: SessionCounts.TombstoneResult.self),
            help: "Tombstones that this node tried to write for sessions that fell silent."
        )
        static let tombstonesPruned = counter(
            "cart_pruned_tombstones_total",
            help: "Old tombstones that this node removed."
        )
        static let settled = gauge(
            "cart_generation_settled",
            help: "1 while carts that lie in Redis alone may be claimed; 0 for a lease after Redis may have "
                + "lost data."
        )
        static let generationChanges = counter(
            "cart_generation_changes_total",
            help: "The number of times that Redis was found restarted, replaced, or with other data."
        )
        static let all = [
            leaseLeft, lease, heartbeats, lost, members, tombstones, tombstoneWrites, tombstonesPruned,
            settled, generationChanges,
        ]

        /// Those that are no tombstones.
        static let conditions: [Member.Condition] = [.alive, .draining]
    }

    /// What this node sends to others, on the connections that it opened.
    enum Link: MetricTable {
        private static let peer = MetricLabel("peer", bounded: "the other node's `--node-name`")
        private static let direction = MetricLabel("direction", of: Direction.self)
        static let requests = durations(
            "cart_forward_duration_seconds",
            by: peer,
            MetricLabel("result", by: LinkPeerCounts.RequestResult.self),
            help: "Commands that were sent on to another node, by their end there; elsewhere means that it "
                + "does not own the cart."
        )
        static let frames = counter(
            "cart_link_frames_total",
            by: peer,
            direction,
            help: "Frames on the connections that this node opened to another."
        )
        static let bytes = counter(
            "cart_link_bytes_total",
            by: peer,
            direction,
            help: "Bytes of these frames, before encryption."
        )
        static let all = [requests, frames, bytes]

        enum Direction: String, CaseIterable {
            case sent, received
        }
    }

    enum Redis: MetricTable {
        private static let use = MetricLabel("use", of: Use.self)
        static let connected = gauge("cart_redis_connections", by: use, help: "Open connections to Redis.")
        static let wanted = gauge(
            "cart_redis_connections_wanted",
            by: use,
            help: "The connections to Redis that the node keeps while Redis can be reached."
        )
        static let attempts = counter(
            "cart_redis_connection_attempts_total",
            by: use,
            MetricLabel("result", of: AttemptResult.self),
            help: "Attempts to connect to Redis, the handshake included."
        )
        static let ended = counter(
            "cart_redis_connections_ended_total",
            by: use,
            help: "Connections to Redis that have ended."
        )
        static let append = gauge(
            "cart_redis_append_only_file",
            by: MetricLabel("fsync", of: RedisServerProperties.Append.self),
            help: "1 for the way in which Redis flushed its append-only file at the last check, 0 for the "
                + "others; without one (off) a restart of Redis loses what no live node holds."
        )
        static let replicas = gauge(
            "cart_redis_replicas",
            help: "Replicas that were connected to Redis at the last check."
        )
        static let switches = counter(
            "cart_redis_primary_switches_total",
            help: "The number of times that the sentinels named another primary; 0 without sentinels."
        )
        static let sentinels = gauge(
            "cart_sentinels",
            by: MetricLabel("state", of: SentinelState.self),
            help: "The sentinels that are known, and those that answered in the last seconds; 0 without "
                + "sentinels."
        )
        static let warnings = gauge(
            "cart_redis_warnings",
            help: "Settings or states of Redis that endanger the carts, as /status lists them."
        )
        static let commands = durations(
            "cart_redis_command_duration_seconds",
            by: use,
            MetricLabel("script", bounded: "as `commit`, or `none` for a plain command"),
            help: "The time from a command's submission to its reply. look, take and create are claims; "
                + "reduce is a commit that only takes away."
        )
        static let failedCommands = counter(
            "cart_redis_failed_commands_total",
            by: use,
            help: "Commands that were waiting when their connection to Redis ended."
        )
        static let inFlight = gauge(
            "cart_redis_commands_in_flight",
            by: use,
            help: "Commands that wait for their replies."
        )
        static let ofCommands = [commands, failedCommands, inFlight]
        static let ofConnections = [
            connected, wanted, attempts, ended, append, replicas, switches, sentinels, warnings,
        ]
        static let all = ofConnections + ofCommands

        /// The use of a connection.
        enum Use: String, CaseIterable {
            /// The steps of carts, one connection on each event loop.
            case carts
            case heartbeats
            /// Checks, bulk reads and histories.
            case tasks
            /// Notifications for streams.
            case feed
            /// Probes of the servers of a Redis Cluster.
            case probes
        }

        enum AttemptResult: String, CaseIterable {
            case opened, failed
        }

        enum SentinelState: String, CaseIterable {
            case known, answering
        }
    }
}
