import HTTPTypes
package import Hummingbird
import NIOCore

/// The routes of the operations port: liveness, readiness and status.
///
/// `/livez` answers 200 as long as anything is answered at all: without an answer, the process may be
/// restarted. `/readyz` answers 200, or 503 with the reasons; a node that is not ready needs no restart.
/// `/status` is for people and scripts.
package struct OperationsRoutes: Sendable {
    private let status: @Sendable () async -> NodeStatus

    /// - Parameter status: tells the node's present status.
    package init(status: @escaping @Sendable () async -> NodeStatus) {
        self.status = status
    }

    /// Adds the routes, each with its HEAD, to the operations port's router.
    package func add(to router: Router<some RequestContext>) {
        add("/livez", to: router) {
            var writer = JSONWriter(capacity: 16)
            writer.raw("{\"live\":true}\n")
            return Self.response(.ok, writer)
        }
        add("/readyz", to: router) { [status] in
            let status = await status()
            var writer = JSONWriter(capacity: 128)
            writer.readiness(status)
            return Self.response(status.ready ? .ok : .serviceUnavailable, writer)
        }
        add("/status", to: router) { [status] in
            var writer = JSONWriter(capacity: 1024)
            writer.status(await status())
            return Self.response(.ok, writer)
        }
    }

    private func add(
        _ path: RouterPath,
        to router: Router<some RequestContext>,
        _ answer: @escaping @Sendable () async -> Response
    ) {
        router.get(path) { _, _ in await answer() }
        router.head(path) { _, _ in await answer().createHeadResponse() }
    }

    private static func response(_ status: HTTPResponse.Status, _ writer: borrowing JSONWriter) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: writer.buffer)
        )
    }
}
