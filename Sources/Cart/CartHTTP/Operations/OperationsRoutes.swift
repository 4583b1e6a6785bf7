import HTTPTypes
package import Hummingbird
import NIOCore
package import PrometheusExposition

/// The routes of the operations port: liveness, readiness, status, the doctor's report and metrics.
///
/// `/livez` answers 200 as long as anything is answered at all: without an answer, the process may be
/// restarted. `/readyz` answers 200, or 503 with the reasons; a node that is not ready needs no restart.
/// `/status` and `/doctor` are for people and scripts, `/metrics` for Prometheus.
package struct OperationsRoutes: Sendable {
    private let status: @Sendable () async -> NodeStatus
    private let metrics: MetricRegistry
    private let doctor: @Sendable () async -> String?

    /// - Parameters:
    ///   - doctor: tells what the doctor finds, as JSON; nil while it examines for the first time.
    ///   - status: tells the node's present status.
    package init(
        metrics: MetricRegistry,
        doctor: @escaping @Sendable () async -> String? = { nil },
        status: @escaping @Sendable () async -> NodeStatus
    ) {
        self.metrics = metrics
        self.doctor = doctor
        self.status = status
    }

    /// Adds the routes, each with its HEAD, to the operations port's router.
    package func add(to router: Router<some RequestContext>) {
        add("/livez", to: router) { _ in
            var writer = JSONWriter(capacity: 16)
            writer.raw("{\"live\":true}\n")
            return Self.response(.ok, writer)
        }
        add("/readyz", to: router) { [status] _ in
            let status = await status()
            var writer = JSONWriter(capacity: 128)
            writer.readiness(status)
            return Self.response(status.ready ? .ok : .serviceUnavailable, writer)
        }
        add("/status", to: router) { [status] _ in
            var writer = JSONWriter(capacity: 1024)
            writer.status(await status())
            return Self.response(.ok, writer)
        }
        add("/doctor", to: router) { [doctor] _ in
            guard let report = await doctor() else {
                var writer = JSONWriter(capacity: 32)
                writer.raw("{\"examining\":true}\n")
                var response = Self.response(.serviceUnavailable, writer)
                response.headers[.retryAfter] = "3"
                return response
            }
            return Response(
                status: .ok,
                headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: report))
            )
        }
        add("/metrics", to: router) { [metrics] request in
            // Several fields count as one list (RFC 9110, section 5.3).
            let accept = request.headers[values: .accept].joined(separator: ",")
            let exposition = await metrics.exposition(accept: accept)
            return Response(
                status: .ok,
                headers: [.contentType: exposition.contentType, .cacheControl: "no-store", .vary: "Accept"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: exposition.text))
            )
        }
    }

    private func add(
        _ path: RouterPath,
        to router: Router<some RequestContext>,
        _ answer: @escaping @Sendable (Request) async -> Response
    ) {
        router.get(path) { request, _ in await answer(request) }
        router.head(path) { request, _ in await answer(request).createHeadResponse() }
    }

    private static func response(_ status: HTTPResponse.Status, _ writer: borrowing JSONWriter) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: writer.buffer)
        )
    }
}
