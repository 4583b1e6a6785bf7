import CartApplication
import CartHTTP
import ConnectionAdmission
import MetricReadings

// What clients ask for, and their connections.

extension NodeMetrics {
    enum Requests: MetricTable {
        private static let route = MetricLabel("route", oneOf: HTTPRoute.allCases.map(\.template))
        private static let verb = MetricLabel("method", oneOf: HTTPVerb.allCases.map(\.name))
        static let http = counter(
            "cart_http_requests_total",
            by: route,
            verb,
            MetricLabel("status", bounded: "the code of the answer"),
            help: "Requests over HTTP that were answered, on the ports of http and retail."
        )
        static let httpDurations = durations(
            "cart_http_request_duration_seconds",
            by: route,
            verb,
            MetricLabel("status", oneOf: Self.statusClasses),
            help: "The time from the head of a request over HTTP to the end of its answer; of a stream, to "
                + "its beginning."
        )
        private static let call = MetricLabel("method", bounded: "as `cart.v1.CartService/AddLine`")
        static let calls = counter(
            "cart_grpc_calls_total",
            by: call,
            MetricLabel("code", bounded: "as `OK` or `NOT_FOUND`"),
            help: "Calls over gRPC that ended."
        )
        static let callDurations = durations(
            "cart_grpc_call_duration_seconds",
            by: call,
            help: "The time of calls over gRPC that ended; streams are left out, as their length says "
                + "nothing."
        )
        static let addItem = durations(
            "demo_cart_add_item_latency_seconds",
            help: "Calls of oteldemo.CartService/AddItem, under the name that the OpenTelemetry demo's "
                + "dashboards know."
        )
        static let getCart = durations(
            "demo_cart_get_cart_latency_seconds",
            help: "Calls of oteldemo.CartService/GetCart, under the name that the OpenTelemetry demo's "
                + "dashboards know."
        )
        static let refusals = counter(
            "cart_refusals_total",
            by: MetricLabel("kind", of: RefusalKind.self),
            help: "Requests that were refused, over whatever protocol."
        )
        static let replays = counter(
            "cart_idempotent_replays_total",
            help: "Changes that had been made before under the same idempotency key."
        )
        static let merges = counter(
            "cart_merge_steps_total",
            by: MetricLabel("step", of: OutcomeCounts.MergeStep.self),
            MetricLabel("result", of: OutcomeCounts.MergeResult.self),
            help: "Steps of merges: most are a dry run, then close, take and finish; decline and reopen call "
                + "a merge off."
        )
        static let ofHTTP = [http, httpDurations]
        static let ofGRPC = [calls, callDurations, addItem, getCart]
        static let ofOutcomes = [refusals, replays, merges]
        static let all = ofHTTP + ofGRPC + ofOutcomes

        static let statusClasses = (1...5).map { "\($0)xx" }
    }

    enum Connections: MetricTable {
        private static let face = MetricLabel("face", of: ConnectionCounts.Face.self)
        static let open = gauge("cart_connections", by: face, help: "Open connections of clients.")
        static let decided = counter(
            "cart_connection_attempts_total",
            by: face,
            MetricLabel("result", of: ConnectionCounts.Admission.self),
            help: "Connections of clients that were admitted, or closed because there were too many in all "
                + "(full) or from one address (source_full)."
        )
        static let limit = gauge(
            "cart_connections_limit",
            by: MetricLabel("port", of: Port.self),
            help: "The most connections at once: http, grpc and retail share the one of clients."
        )
        static let streams = gauge("cart_streams", help: "Clients that watch carts.")
        static let streamLimit = gauge(
            "cart_streams_limit",
            help: "The most clients that may watch carts, `--streams-limit`."
        )
        static let watched = gauge("cart_watched_carts", help: "Carts that clients watch.")
        static let all = [open, decided, limit, streams, streamLimit, watched]

        enum Port: String, CaseIterable {
            case clients, operations
        }
    }
}
