import ActorRuntime
import Cart
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import CartActor
@testable import CartApplication
@testable import CartHTTP

/// 2026-11-22T16:09:17.042Z
let moment = Timestamp(milliseconds: 1_795_363_757_042)

/// A client of the routes over a backend.
struct HTTPTestClient: Sendable {
    let client: any TestClientProtocol

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String? = nil,
        type: String? = "application/json",
        _ headers: HTTPFields = [:]
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

/// What came back.
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

/// The service over a backend.
func application<Backend: CartDispatcher>(
    _ backend: Backend,
    policy: CartAPIPolicy = CartAPIPolicy(),
    draining: Bool = false,
    past: any ActorHistoryStore = FixedPastStore(.notKept),
    feed: any ChangeFeed = ManualChangeFeed(),
    newID: @escaping @Sendable () -> CartID = { CartID(randomHigh: 0, randomLow: 1) }
) -> CartApplication<Backend> {
    let dependencies = CartAPIDependencies(
        now: { moment },
        newID: newID,
        isDraining: { draining },
        past: past,
        feed: feed,
        watches: WatchRegistry { ContinuousClock.now }
    )
    return CartApplication(dispatcher: backend, policy: policy, dependencies: dependencies)
}

/// Runs a test against the routes.
func serve(
    _ backend: some CartDispatcher = InMemoryCarts(),
    _ setup: TestingSetup = .router,
    node: String = "n1",
    policy: CartAPIPolicy = CartAPIPolicy(),
    draining: Bool = false,
    past: any ActorHistoryStore = FixedPastStore(.notKept),
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
    let server = Application(responder: routes.responder(otherwise: other), logger: logger)
    try await server.test(setup) { client in try await test(HTTPTestClient(client: client)) }
}

/// News that a test makes up.
final class ManualChangeFeed: ChangeFeed {
    private let readers = Mutex<[AsyncStream<ChangeNotification>.Continuation]>([])
    private let limit: Int
    /// One for each reader that came.
    let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init(limit: Int = 8) {
        self.limit = limit
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    func notifications(of id: ActorID) -> AsyncStream<ChangeNotification>? {
        let (stream, reader) = AsyncStream.makeStream(
            of: ChangeNotification.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        return readers.withLock { readers in
            guard readers.count < limit else { return nil }
            readers.append(reader)
            arrival.yield()
            return stream
        }
    }

    func tell(_ news: ChangeNotification) {
        for reader in readers.withLock({ $0 }) { reader.yield(news) }
    }

    func close() {
        for reader in readers.withLock({ $0 }) { reader.finish() }
    }
}

/// What is kept of every cart's past, or why that can not be told.
struct FixedPastStore: ActorHistoryStore {
    private let found: Result<ActorHistory, StoreFailure>

    init(_ past: ActorHistory) { found = .success(past) }

    init(_ failure: StoreFailure) { found = .failure(failure) }

    func history(of id: ActorID) async throws(StoreFailure) -> ActorHistory { try found.get() }
}
/// Every resource, and what may be done with it.
let resources: [(path: String, allow: String)] = [
    ("/v1/carts", "POST, OPTIONS"), ("/v1/carts/c", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
    ("/v1/carts/c/lines/1/price", "PUT, OPTIONS"), ("/v1/carts/c/actions", "POST, OPTIONS"),
    ("/v1/carts/c/take-out", "POST, OPTIONS"), ("/v1/carts/c/checkout", "POST, OPTIONS"),
    ("/v1/carts/c/checkout/cancel", "POST, OPTIONS"), ("/v1/carts/c/order", "GET, HEAD, OPTIONS"),
    ("/v1/carts/c/merge", "POST, OPTIONS"),
    ("/v1/carts/c/lines", "POST, DELETE, OPTIONS"), ("/v1/carts/c/lines/1", "PATCH, DELETE, OPTIONS"),
]

/// A line as a client sends it.
let apple = #"{"sku":"apple","quantity":2,"unitPrice":{"amount":150,"currency":"EUR"}}"#
