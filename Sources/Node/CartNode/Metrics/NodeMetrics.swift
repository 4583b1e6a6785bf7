import ActorRuntime
import MetricReadings
import Ownership
import PrometheusExposition

/// The metrics of a node: all of them, each declared once. docs/metrics.md is written from these declarations.
enum NodeMetrics {
    static let groups = [
        MetricGroup(title: "The process", metrics: Process.all),
        MetricGroup(title: "The node", metrics: Readiness.all),
        MetricGroup(title: "Sessions and membership", metrics: Sessions.all),
        MetricGroup(title: "Requests", metrics: Requests.all),
        MetricGroup(title: "Carts", metrics: Actors.all),
        MetricGroup(title: "Redis", metrics: Redis.all),
        MetricGroup(title: "Other nodes", metrics: Link.all),
        MetricGroup(title: "Connections and streams", metrics: Connections.all),
        MetricGroup(title: "Event loops", metrics: Loops.all),
        MetricGroup(title: "Traces", metrics: Traces.all),
        MetricGroup(title: "Scrapes", metrics: Scrapes.all),
    ]

    static var all: [Metric] { groups.flatMap(\.metrics) }

    /// Under the names that Prometheus's clients share.
    enum Process: MetricTable {
        static let processorTime = counter(
            "process_cpu_seconds_total",
            help: "User and system processor time of the process."
        )
        static let residentMemory = gauge(
            "process_resident_memory_bytes",
            help: "Memory of the process that is in RAM."
        )
        static let virtualMemory = gauge(
            "process_virtual_memory_bytes",
            help: "Address space of the process."
        )
        static let openFiles = gauge("process_open_fds", help: "Open file descriptors, sockets among them.")
        static let fileLimit = gauge("process_max_fds", help: "The limit on open file descriptors.")
        static let startTime = gauge(
            "process_start_time_seconds",
            help: "The time at which the process started, since 1970-01-01 UTC."
        )
        static let all = [
            processorTime, residentMemory, virtualMemory, openFiles, fileLimit, startTime,
        ]
    }

    enum Readiness: MetricTable {
        static let build = info(
            "cart_build_info",
            by: MetricLabel("version", fixed: "as `--version` prints it"),
            help: "The build that runs."
        )
        static let node = info(
            "cart_node_info",
            by: MetricLabel("node", fixed: "its `--node-name`"),
            help: "The node that answers."
        )
        static let ready = gauge(
            "cart_ready",
            help: "1 while the node should get requests, as /readyz says; 0 otherwise."
        )
        static let notReady = gauge(
            "cart_not_ready",
            by: MetricLabel("reason", of: Reason.self),
            help: "1 for each reason for which the node should get no requests, and 0 for the others."
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

    enum Loops: MetricTable {
        private static let loop = MetricLabel("loop", of: EventLoopLag.Role.self)
        static let lag = durations(
            "cart_event_loop_lag_seconds",
            by: loop,
            help: "The time by which the timer of an event loop fired late; each loop has one, every 100 ms."
        )
        static let stall = gauge(
            "cart_event_loop_stall_seconds",
            by: loop,
            help: "The time by which the timer of the slowest event loop is late right now."
        )
        static let all = [lag, stall]
    }

    enum Scrapes {
        static let all = [MetricRegistry.incompleteScrapes, LibraryMetrics.refusedSeries]
    }
}
