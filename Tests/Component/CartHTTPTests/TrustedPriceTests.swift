import Cart
import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CartHTTP

/// A shop that believes only its own backend's prices.
@Suite struct TrustedPriceTests {
    private static var policy: CartAPIPolicy {
        var policy = DetailRouteTests.trusting
        policy.restrictsAdding = true
        return policy
    }

    private static let token = DetailRouteTests.bearer(DetailRouteTests.token)

    private static let additions: [(HTTPRequest.Method, String, String)] = [
        (.post, "/v1/carts/c/lines", apple),
        (
            .post, "/v1/carts/c/actions",
            #"{"actions":[{"action":"clear"},{"action":"add-line",\#(apple.dropFirst())]}"#
        ),
    ]

    @Test func `adding needs the token, alone and in a batch`() async throws {
        let backend = InMemoryCarts()
        try await serve(backend, policy: Self.policy) { caller in
            for (method, path, body) in Self.additions {
                for headers: HTTPFields in [[:], DetailRouteTests.bearer("sixteen-letters?")] {
                    let reply = try await caller.send(method, path, body: body, headers: headers)
                    #expect(reply.status == 401 && reply.field == "Authorization", "\(path)")
                }
            }
            // Nobody else has to know what is wrong with the body.
            #expect(try await caller.send(.post, "/v1/carts/c/lines", body: "{").field == "Authorization")
            #expect(backend.asked.isEmpty)
            _ = try await caller.send(.put, "/v1/carts/c")
            for (method, path, body) in Self.additions {
                let reply = try await caller.send(method, path, body: body, headers: Self.token)
                #expect([200, 201].contains(reply.status), "\(path)")
            }
        }
    }

    @Test func `what names no price needs no token`() async throws {
        try await serve(policy: Self.policy) { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple, headers: Self.token)
            let open: [(HTTPRequest.Method, String, String?)] = [
                (.patch, "/v1/carts/c/lines/1", #"{"quantity":3}"#),
                (.patch, "/v1/carts/c", #"{"note":"n"}"#),
                (
                    .post, "/v1/carts/c/actions",
                    #"{"actions":[{"action":"set-quantity","lineId":"1","quantity":1}]}"#
                ),
                (.get, "/v1/carts/c", nil), (.delete, "/v1/carts/c/lines/1", nil),
                (.delete, "/v1/carts/c", nil),
            ]
            for (method, path, body) in open {
                #expect(try await caller.send(method, path, body: body).status < 300, "\(method) \(path)")
            }
        }
    }

    @Test func `the retail store's clients need it where they name a price`() async throws {
        let backend = InMemoryCarts()
        let routes = RetailRoutes(application(backend, policy: Self.policy), node: "n1", isReady: { true })
        let server = Application(responder: RetailResponder(routes, context: BasicRequestContext.self))
        try await server.test(.router) { client async throws in
            let caller = HTTPTestClient(client: client)
            func send(_ method: HTTPRequest.Method, _ body: String, headers: HTTPFields = [:]) async throws
                -> Int
            {
                try await caller.send(method, "/carts/c/items", body: body, headers: headers).status
            }
            let item = #"{"itemId":"a","quantity":2,"unitPrice":5}"#
            #expect(try await send(.post, item) == 401)
            #expect(try await send(.post, #"{"itemId":"a","quantity":2}"#) == 401)
            #expect(try await send(.patch, item) == 401)
            #expect(backend.asked.isEmpty)
            #expect(try await send(.post, item, headers: Self.token) == 201)
            #expect(try await send(.patch, #"{"itemId":"a","quantity":3}"#) == 202)
            #expect(try await send(.patch, item, headers: Self.token) == 202)
        }
    }

    @Test func `by default anybody may add`() async throws {
        try await serve(policy: DetailRouteTests.trusting) { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            #expect(try await caller.send(.post, "/v1/carts/c/lines", body: apple).status == 201)
        }
    }
}
