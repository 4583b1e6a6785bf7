import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import CartHTTP

/// A client of the routes over a backend.
struct HTTPTestClient: Sendable {
    let client: any TestClientProtocol

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        body: String? = nil,
        type: String? = "application/json",
        headers: HTTPFields = [:]
    ) async throws -> ReceivedResponse {
        var headers = headers
        if body != nil, let type { headers[.contentType] = type }
        let buffer = body.map(ByteBuffer.init(string:))
        return try await client.execute(uri: path, method: method, headers: headers, body: buffer) {
            response in
            ReceivedResponse(
                status: response.status.code,
                headers: response.headers,
                body: Data(buffer: response.body)
            )
        }
    }
}

/// A response as the test client received it.
struct ReceivedResponse: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: Data

    /// The body by Foundation's parser.
    var json: [String: Any] {
        get throws { try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any]) }
    }

    var lines: [[String: Any]] {
        get throws { try #require(try json["lines"] as? [[String: Any]]) }
    }

    /// The part of a problem's type that tells its kind.
    var problem: String? {
        let type = try? json["type"] as? String
        return type?.split(separator: ":").last.map(String.init)
    }

    var field: String? { try? json["field"] as? String }

    var etag: String? { headers[.eTag] }

    /// A header field by its name.
    subscript(name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

extension Data {
    init(buffer: ByteBuffer) {
        self.init(buffer.readableBytesView)
    }
}

/// Runs a test against the routes.
func serve(
    _ backend: some CartDispatcher = InMemoryCarts(),
    setup: TestingSetup = .router,
    node: String = "n1",
    policy: CartAPIPolicy = CartAPIPolicy(),
    draining: Bool = false,
    past: any ActorHistoryStore = FixedPastStore(nil),
    feed: any ChangeFeed = ManualChangeFeed(),
    _ test: @escaping @Sendable (HTTPTestClient) async throws -> Void
) async throws {
    let number = Atomic<UInt64>(0)
    let routes = CartRoutes(
        application(backend, policy: policy, draining: draining, past: past, feed: feed) {
            CartID(randomHigh: 0, randomLow: number.add(1, ordering: .relaxed).newValue)
        },
        node: node
    )
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let other = UnknownPathResponder(routes, context: BasicRequestContext.self)
    let server = Application(
        responder: routes.responder(otherwise: other),
        server: .face(ConnectionPolicy(node: node)),
        logger: logger
    )
    try await server.test(setup) { client in try await test(HTTPTestClient(client: client)) }
}
