import ActorRuntime
import ConnectionAdmission
import MetricReadings
import Ownership
import PrometheusExposition
import RedisActorStore

/// The metrics of a node: all of them, each declared once. docs/metrics.md is written from these declarations.
enum NodeMetrics {
    static let groups = [
        MetricGroup(title: "The process", metrics: Process.all),
        MetricGroup(title: "The node", metrics: Readiness.all),
        MetricGroup(title: "Sessions and membership", metrics: Sessions.all),
        MetricGroup(title: "Carts in memory", metrics: Actors.all),
        MetricGroup(title: "Redis", metrics: Redis.all),
        MetricGroup(title: "Connections and streams", metrics: Connections.all),
        MetricGroup(title: "Event loops", metrics: Loops.all),
        MetricGroup(title: "Scrapes", metrics: Scrapes.all),
    ]

    static var all: [Metric] { groups.flatMap(\.metrics) }

    /// Under the names that Prometheus's clients share.
    enum Process {
        static let processorTime = Metric.counter(
            "process_cpu_seconds_total",
            unit: .seconds,
            help: "User and system processor time of the process."
        )
        static let residentMemory = Metric.gauge(
            "process_resident_memory_bytes",
            unit: .bytes,
            help: "Memory of the process that is in RAM."
        )
        static let virtualMemory = Metric.gauge(
            "process_virtual_memory_bytes",
            unit: .bytes,
            help: "Address space of the process."
        )
        static let openFiles = Metric.gauge(
            "process_open_fds",
            help: "Open file descriptors, sockets among them."
        )
        static let fileLimit = Metric.gauge(
            "process_max_fds",
            help: "The limit on open file descriptors."
        )
        static let startTime = Metric.gauge(
            "process_start_time_seconds",
            unit: .seconds,
            help: "The time at which the process started, since 1970-01-01 UTC."
        )
        static let all = [
            processorTime, residentMemory, virtualMemory, openFiles, fileLimit, startTime,
        ]
    }

    enum Readiness {
        static let build = Metric.info(
            "cart_build_info",
            help: "The build that runs.",
            labels: [MetricLabel("version", fixed: "as `--version` prints it")]
        )
        static let node = Metric.info(
            "cart_node_info",
            help: "The node that answers.",
            labels: [MetricLabel("node", fixed: "its `--node-name`")]
        )
        static let ready = Metric.gauge(
            "cart_ready",
            help: "1 while the node should get requests, as /readyz says; 0 otherwise."
        )
        static let notReady = Metric.gauge(
            "cart_not_ready",
            help: "1 for each reason for which the node should get no requests, and 0 for the others.",
            labels: [MetricLabel("reason", of: Reason.self)]
        )
        static let all = [build, node, ready, notReady]

        enum Reason: String, CaseIterable {
            case draining
            case noSession = "no_session"
            case unsettled
            case predecessor

            init(_ reason: NotReadyReason) {
                switch reason {
                case .draining: self = .draining
                case .noSession: self = .noSession
                case .unsettled: self = .unsettled
                case .predecessor: self = .predecessor
                }
            }
        }
    }

    enum Actors {
        static let live = Metric.gauge("cart_live_actors", help: "Carts in memory.")
        static let limit = Metric.gauge(
            "cart_live_actors_limit",
            help: "The most carts that may be in memory, `--live-carts-limit`."
        )
        static let busy = Metric.gauge("cart_busy_actors", help: "Carts in memory with work under way.")
        static let retiring = Metric.gauge(
            "cart_retiring_actors",
            help: "Carts that are being given up because they are idle or surplus."
        )
        static let dropped = Metric.counter(
            "cart_dropped_actors_total",
            help: "Carts that were dropped from memory because their session was over."
        )
        static let sweeps = Metric.durations(
            "cart_sweep_duration_seconds",
            help: "Sweeps that came to their end, by the time that they took."
        )
        static let abandonedSweeps = Metric.counter(
            "cart_abandoned_sweeps_total",
            help: "Sweeps that were given up, because another generation came or the session ended."
        )
        static let swept = Metric.counter(
            "cart_swept_actors_total",
            help: "Carts that were compared with Redis by sweeps that came to their end."
        )
        static let differing = Metric.counter(
            "cart_swept_differing_actors_total",
            help: "Those of them that differed from Redis or had a change under way."
        )
        static let ofPartitions = [live, retiring]
        static let ofHost = [limit, busy, dropped, sweeps, abandonedSweeps, swept, differing]
        static let all = ofPartitions + ofHost
    }

    enum Connections {
        private static let face = MetricLabel("face", of: ConnectionCounts.Face.self)
        static let open = Metric.gauge(
            "cart_connections",
            help: "Open connections of clients.",
            labels: [face]
        )
        static let decided = Metric.counter(
            "cart_connection_attempts_total",
            help: "Connections of clients that were admitted, or closed because there were too many in all "
                + "(full) or from one address (source_full).",
            labels: [face, MetricLabel("result", of: ConnectionCounts.Admission.self)]
        )
        static let limit = Metric.gauge(
            "cart_connections_limit",
            help: "The most connections at once: http, grpc and retail share the one of clients.",
            labels: [MetricLabel("port", of: Port.self)]
        )
        static let streams = Metric.gauge("cart_streams", help: "Clients that watch carts.")
        static let streamLimit = Metric.gauge(
            "cart_streams_limit",
            help: "The most clients that may watch carts, `--streams-limit`."
        )
        static let watched = Metric.gauge("cart_watched_carts", help: "Carts that clients watch.")
        static let all = [open, decided, limit, streams, streamLimit, watched]

        enum Port: String, CaseIterable {
            case clients, operations
        }
    }

    enum Loops {
        private static let loop = MetricLabel("loop", of: EventLoopLag.Role.self)
        static let lag = Metric.durations(
            "cart_event_loop_lag_seconds",
            help: "The time by which the timer of an event loop fired late; each loop has one, every 100 ms.",
            labels: [loop]
        )
        static let stall = Metric.gauge(
            "cart_event_loop_stall_seconds",
            unit: .seconds,
            help: "The time by which the timer of the slowest event loop is late right now.",
            labels: [loop]
        )
        static let all = [lag, stall]
    }

    enum Scrapes {
        static let all = [MetricRegistry.incompleteScrapes, LibraryMetrics.refusedSeries]
    }
}
