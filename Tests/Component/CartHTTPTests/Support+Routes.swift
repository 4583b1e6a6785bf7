import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import CartHTTP

/// A route that takes a body, with one that is good.
struct Route: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let body: String

    private init(_ method: HTTPRequest.Method, _ path: String, body: String) {
        self.method = method
        self.path = path
        self.body = body
    }

    static let all: [Route] = [
        Route(.post, "/v1/carts", body: #"{"currency":"EUR","expiresInSeconds":86400}"#),
        Route(.put, "/v1/carts/c", body: #"{"currency":"EUR","expiresInSeconds":60}"#),
        Route(
            .patch,
            "/v1/carts/c",
            body:
                #"{"note":"a\nb","customerId":"kim","email":"k@example.com","attributes":{"a":"1","b":null},"discountCodes":["A","B"],"expiresInSeconds":null}"#
        ),
        Route(
            .post,
            "/v1/carts/c/lines",
            body:
                #"{"sku":"mug","name":"Möwe 🐦","quantity":2,"unitPrice":{"amount":1500,"currency":"EUR"},"attributes":{"size":"L"}}"#
        ),
        Route(.patch, "/v1/carts/c/lines/1", body: #"{"quantity":3}"#),
        Route(.put, "/v1/carts/c/lines/1/price", body: #"{"unitPrice":{"amount":1400,"currency":"EUR"}}"#),
        Route(
            .post,
            "/v1/carts/c/take-out",
            body: #"{"lines":[{"lineId":"1","quantity":1},{"lineId":"9","quantity":2}]}"#
        ),
        Route(
            .post,
            "/v1/carts/c/actions",
            body:
                #"{"actions":[{"action":"set-quantity","lineId":"1","quantity":4},{"action":"set-details","note":null},{"action":"take-out","lines":[{"lineId":"1","quantity":1}]},{"action":"clear"}]}"#
        ),
        Route(.post, "/v1/carts/c/checkout", body: #"{"version":2}"#),
        Route(.post, "/v1/carts/c/checkout/cancel", body: "{}"),
        Route(.post, "/v1/carts/c/merge", body: #"{"from":"d","mergeId":"m-1","strategy":"max"}"#),
    ]
}

extension HTTPTestClient {
    /// Sends bytes that need not be text, with the token of the shop.
    func send(bytes: [UInt8], _ route: Route, type: String? = "application/json") async throws
        -> ReceivedResponse
    {
        var fields = DetailRouteTests.bearer(DetailRouteTests.token)
        if let type { fields[.contentType] = type }
        return try await client.execute(
            uri: route.path,
            method: route.method,
            headers: fields,
            body: ByteBuffer(bytes: bytes)
        ) { response in
            ReceivedResponse(
                status: response.status.code,
                headers: response.headers,
                body: .init(buffer: response.body)
            )
        }
    }
}
