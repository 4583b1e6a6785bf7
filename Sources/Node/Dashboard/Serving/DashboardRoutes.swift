internal import HTTPTypes
package import Hummingbird
internal import NIOCore
internal import PercentEncoding

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What the page asks for, on the operations port.
///
/// `/events` streams the cluster's state and what happens to it, `/carts/{id}` tells where a
/// cart is, `/snapshot` is what this node tells the others of itself, and `/redis` what it
/// knows of Redis.
package struct DashboardRoutes: Sendable {
    static let events = "/events"
    static let carts = "/carts/"

    /// The answer to a look for a cart.
    package enum Look: Sendable {
        case found(CartFinding)
        /// No cart can have this id.
        case badID(String)
        /// Redis does not answer, or refuses.
        case failed(String)
    }

    private let dashboard: Dashboard
    private let look: @Sendable (String) async -> Look

    /// - Parameter look: tells where a cart is, by the id that was typed.
    package init(_ dashboard: Dashboard, look: @escaping @Sendable (String) async -> Look) {
        self.dashboard = dashboard
        self.look = look
    }

    /// Adds the routes to the operations port's router.
    package func add(to router: Router<some RequestContext>) {
        router.get("/events") { _, _ in await events() }
        router.get("/snapshot") { [dashboard] _, _ in
            guard let report = await dashboard.report else {
                return Self.failure(.serviceUnavailable, "the node has just begun")
            }
            return Self.json(report)
        }
        router.get("/redis") { [dashboard] _, _ in Self.json(await dashboard.redis()) }
        router.get("/carts/{id}") { [look] _, context in
            // The router leaves percent-encoding in place.
            let path = context.parameters.get("id") ?? ""
            return switch await look(PercentEncoding.decode(path[...].utf8) ?? path) {
            case .found(let finding): Self.json(finding)
            case .badID(let why): Self.failure(.badRequest, why)
            case .failed(let why): Self.failure(.serviceUnavailable, why)
            }
        }
    }

    private func events() async -> Response {
        guard let updates = await dashboard.watch() else {
            return Self.failure(.serviceUnavailable, "the node is leaving, or too many pages watch it")
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store, no-transform",
                // nginx collects answers otherwise, and passes events on late.
                .accelBuffering: "no",
            ],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: ":\n\n"))
                var position = 0
                for await update in updates {
                    try await writer.write(EventStreamText.bytes(of: update, after: position))
                    position = update.events.last?.position ?? position
                }
                try await writer.write(EventStreamText.end)
                try await writer.finish(nil)
            }
        )
    }

    private static func json(_ value: some Encodable) -> Response {
        response(.ok, EventStreamText.json(value) ?? ByteBuffer(string: "{}"))
    }

    private static func failure(_ status: HTTPResponse.Status, _ why: String) -> Response {
        var response = response(status, EventStreamText.json(["detail": why]) ?? ByteBuffer(string: "{}"))
        if status == .serviceUnavailable { response.headers[.retryAfter] = "1" }
        return response
    }

    private static func response(_ status: HTTPResponse.Status, _ body: ByteBuffer) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "application/json", .cacheControl: "no-store",
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: body)
        )
    }
}

extension HTTPField.Name {
    fileprivate static let accelBuffering = named("X-Accel-Buffering")

    static func named(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
