import ActorRuntime
import MetricReadings
import Ownership
import RedisActorStore

// The node's session, the other nodes, and Redis.

extension NodeMetrics {
    enum Sessions {
        static let leaseLeft = Metric.gauge(
            "cart_session_lease_remaining_seconds",
            unit: .seconds,
            help: "The time for which the node may still own carts without another heartbeat; 0 without a "
                + "session."
        )
        static let lease = Metric.gauge(
            "cart_session_lease_seconds",
            unit: .seconds,
            help: "The length of the node's lease, `--lease-length`."
        )
        static let heartbeats = Metric.durations(
            "cart_heartbeat_duration_seconds",
            help: "Heartbeats by their end: answered, unconfirmed (by the replicas), dead (the session has a "
                + "tombstone), or failed.",
            labels: [MetricLabel("result", of: SessionCounts.HeartbeatResult.self)]
        )
        static let lost = Metric.counter(
            "cart_sessions_lost_total",
            help: "Sessions of this node that ended against its will: everything live was dropped.",
            labels: [MetricLabel("reason", of: SessionCounts.Loss.self)]
        )
        static let members = Metric.gauge(
            "cart_members",
            help: "Sessions in Redis that the last answered heartbeat showed, this node's own among them.",
            labels: [MetricLabel("state", oneOf: Self.conditions.map(\.rawValue))]
        )
        static let tombstones = Metric.gauge(
            "cart_tombstones",
            help: "Tombstones in Redis that the last answered heartbeat showed."
        )
        static let tombstoneWrites = Metric.counter(
            "cart_tombstone_writes_total",
            help: "Tombstones that this node tried to write for sessions that fell silent.",
            labels: [MetricLabel("result", of: SessionCounts.TombstoneResult.self)]
        )
        static let tombstonesPruned = Metric.counter(
            "cart_pruned_tombstones_total",
            help: "Old tombstones that this node removed."
        )
        static let settled = Metric.gauge(
            "cart_generation_settled",
            help: "1 while carts that lie in Redis alone may be claimed; 0 for a lease after Redis may have "
                + "lost data."
        )
        static let generationChanges = Metric.counter(
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

    enum Redis {
        private static let use = MetricLabel("use", of: Use.self)
        static let connected = Metric.gauge(
            "cart_redis_connections",
            help: "Open connections to Redis.",
            labels: [use]
        )
        static let wanted = Metric.gauge(
            "cart_redis_connections_wanted",
            help: "The connections to Redis that the node keeps while Redis can be reached.",
            labels: [use]
        )
        static let attempts = Metric.counter(
            "cart_redis_connection_attempts_total",
            help: "Attempts to connect to Redis, the handshake included.",
            labels: [use, MetricLabel("result", of: AttemptResult.self)]
        )
        static let ended = Metric.counter(
            "cart_redis_connections_ended_total",
            help: "Connections to Redis that have ended.",
            labels: [use]
        )
        static let append = Metric.gauge(
            "cart_redis_append_only_file",
            help: "1 for the way in which Redis flushed its append-only file at the last check, 0 for the "
                + "others; without one (off) a restart of Redis loses what no live node holds.",
            labels: [MetricLabel("fsync", of: RedisServerProperties.Append.self)]
        )
        static let replicas = Metric.gauge(
            "cart_redis_replicas",
            help: "Replicas that were connected to Redis at the last check."
        )
        static let warnings = Metric.gauge(
            "cart_redis_warnings",
            help: "Settings or states of Redis that endanger the carts, as /status lists them."
        )
        static let all = [connected, wanted, attempts, ended, append, replicas, warnings]

        /// The use of a connection.
        enum Use: String, CaseIterable {
            /// The steps of carts, one connection on each event loop.
            case carts
            case heartbeats
            /// Checks, bulk reads and histories.
            case tasks
            /// Notifications for streams.
            case feed
        }

        enum AttemptResult: String, CaseIterable {
            case opened, failed
        }
    }
}
