import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CartHTTP

/// The AWS retail store's cart API, row by row.
@Suite struct RetailTests {
    let backend = InMemoryCarts()

    private func serve(
        isReady: Bool = true,
        _ body: @escaping @Sendable (HTTPTestClient) async throws -> Void
    ) async throws {
        let routes = RetailRoutes(application(backend), node: "n1", isReady: { isReady })
        let server = Application(responder: RetailResponder(routes, context: BasicRequestContext.self))
        try await server.test(.router) { try await body(HTTPTestClient(client: $0)) }
    }

    private static func item(_ id: String, _ quantity: Int, at price: Int) -> String {
        #"{"itemId":"\#(id)","quantity":\#(quantity),"unitPrice":\#(price)}"#
    }

    private static func text(_ reply: ReceivedResponse) -> String {
        String(decoding: reply.body, as: UTF8.self)
    }

    @Test func `a customer fills, changes and empties a cart`() async throws {
        try await serve { caller in
            let items = "/carts/c%201/items"
            let steps: [(HTTPRequest.Method, String, String?, Int, String)] = [
                (.get, "/carts/c%201", nil, 200, #"{"customerId":"c 1","items":[]}"#),
                (.get, items, nil, 200, "[]"),
                (.get, items + "/a", nil, 404, "*"),
                (.post, items, Self.item("a", 2, at: 150), 201, Self.item("a", 2, at: 150)),
                (.post, items, Self.item("a", 3, at: 150), 201, Self.item("a", 5, at: 150)),
                (.post, items, Self.item("b/{}", 1, at: 9), 201, Self.item("b/{}", 1, at: 9)),
                (.get, items + "/b%2F%7B%7D", nil, 200, Self.item("b/{}", 1, at: 9)),
                (.post, items, Self.item("茶 #2, +%", 1, at: 9), 201, Self.item("茶 #2, +%", 1, at: 9)),
                (.get, items + "/%E8%8C%B6%20%232,%20+%25", nil, 200, Self.item("茶 #2, +%", 1, at: 9)),
                (.delete, items + "/%e8%8c%b6%20%232%2C%20%2B%25", nil, 202, ""),
                (.patch, items, Self.item("a", 1, at: 99), 202, ""),
                (.patch, items, Self.item("x", 1, at: 99), 404, "*"),
                (.delete, items + "/b%2F%7B%7D", nil, 202, ""),
                (
                    .get, "/carts/c%201", nil, 200,
                    #"{"customerId":"c 1","items":[\#(Self.item("a", 1, at: 99))]}"#
                ),
                (.delete, items + "/gone", nil, 202, ""),
                (.delete, items + "/a%00", nil, 202, ""),
                (.delete, "/carts/c%201", nil, 202, #"{"customerId":"c 1","items":[]}"#),
                (.get, items, nil, 200, "[]"),
                (.get, "/carts/c%201/merge?sessionId=s", nil, 202, ""),
                (.get, "/carts/c%201/merge?sessionId=c%201", nil, 202, ""),
                (.get, "/carts/c%201/merge?sessionId=", nil, 422, "*"),
            ]
            for (method, path, body, status, expected) in steps {
                let reply = try await caller.send(method, path, body: body)
                #expect(reply.status == status, "\(method) \(path)")
                if expected != "*" { #expect(Self.text(reply) == expected, "\(method) \(path)") }
            }
        }
    }

    @Test func `what can not be is refused by its field, and no cart is asked`() async throws {
        let long = String(repeating: "c", count: 121)
        let bad: [(HTTPRequest.Method, String, String?, Int, String?)] = [
            (.get, "/carts", nil, 404, nil), (.get, "/carts/", nil, 404, nil),
            (.get, "/carts/%ff", nil, 404, nil),
            (.get, "/carts/%-0", nil, 404, nil), (.get, "/carts/%+0", nil, 404, nil),
            (.get, "/carts/a/items/%-0", nil, 404, nil), (.get, "/carts/a%2", nil, 404, nil),
            (.get, "/v1/carts/a", nil, 404, nil),
            (.get, "/carts/\(long)", nil, 400, "customerId"), (.put, "/carts/a", nil, 405, nil),
            (.post, "/carts/a/items", "", 400, ""), (.post, "/carts/a/items", "[]", 422, ""),
            (.post, "/carts/a/items", "{", 400, ""),
            (.post, "/carts/a/items", #"{"quantity":1}"#, 422, "/itemId"),
            (.post, "/carts/a/items", #"{"itemId":1,"quantity":1}"#, 422, "/itemId"),
            (.post, "/carts/a/items", #"{"itemId":"","quantity":1}"#, 422, "/itemId"),
            (.post, "/carts/a/items", #"{"itemId":"a"}"#, 422, "/quantity"),
            (.post, "/carts/a/items", Self.item("a", 0, at: 1), 422, "/quantity"),
            (.post, "/carts/a/items", Self.item("a", -1, at: 1), 422, "/quantity"),
            (.post, "/carts/a/items", #"{"itemId":"a","quantity":99999999999999999999}"#, 422, "/quantity"),
            (.post, "/carts/a/items", Self.item("a", 1, at: -1), 422, "/unitPrice"),
            (.patch, "/carts/a/items", Self.item("a", 0, at: 1), 422, "/quantity"),
            (.get, "/carts/a/merge", nil, 422, "sessionId"),
            (.get, "/carts/a/merge?sessionId=%zz", nil, 422, "sessionId"),
            (.get, "/carts/a/merge?sessionId=%ff", nil, 422, "sessionId"),
            (.get, "/carts/a/merge?sessionId=%-0", nil, 422, "sessionId"),
            (.get, "/carts/a/merge?sessionId=\(long)", nil, 400, "sessionId"),
            (.get, "/carts/\(long)/merge?sessionId=a", nil, 400, "customerId"),
        ]
        try await serve { caller in
            for (method, path, body, status, field) in bad {
                let reply = try await caller.send(method, path, body: body)
                #expect(reply.status == status, "\(method) \(path) \(body ?? "")")
                #expect(reply.field == field, "\(method) \(path) \(body ?? "")")
            }
        }
        #expect(backend.asked.isEmpty)
    }

    @Test func `members that nothing is known of are overlooked, as they are there`() async throws {
        try await serve { caller in
            let body = #"{"itemId":"a","quantity":1,"unitPrice":2,"name":"A"}"#
            let reply = try await caller.send(.post, "/carts/a/items", body: body)
            #expect(reply.status == 201)
        }
    }

    @Test func `HEAD is answered as GET, except where GET changes something, and OPTIONS tells the methods`()
        async throws
    {
        try await serve { caller in
            for (path, status) in [("/carts/a", 200), ("/carts/a/items", 200), ("/carts/a/items/x", 404)] {
                let reply = try await caller.send(.head, path)
                #expect(reply.status == status)
                #expect(try await caller.send(.options, path)["Allow"]?.contains("HEAD") == true)
            }
            let merge = try await caller.send(.head, "/carts/a/merge?sessionId=s")
            #expect(merge.status == 405 && merge["Allow"] == "GET, OPTIONS")
        }
    }

    @Test func `trouble says what became of the change`() async throws {
        backend.fail(.storeUnavailable)
        try await serve { caller in
            let reply = try await caller.send(.post, "/carts/a/items", body: Self.item("a", 1, at: 1))
            #expect(reply.status == 503)
            #expect(reply["Retry-After"] == "2")
            #expect(try reply.json["outcome"] as? String == "unknown")
            #expect(try reply.json["cart"] == nil)
        }
    }

    @Test func `a refused change tells no facts about the cart behind the customer`() async throws {
        let id = try CartNamespace.retail.cart(of: "a").text
        let contents = OpenCart(
            currency: nil,
            lines: [],
            lastLine: LineID(0),
            createdAt: moment,
            updatedAt: moment
        )
        let order = CartOrder(id: OrderID(try CartID("o")), version: 1, at: moment)
        backend.put(id, .checkedOut(contents, order), sequence: 2)
        try await serve { caller in
            let reply = try await caller.send(.post, "/carts/a/items", body: Self.item("a", 1, at: 1))
            #expect(reply.status == 409 && reply.problem == "cart-checked-out" && reply["Cart-Node"] == "n1")
            #expect(try reply.json.keys.sorted() == ["detail", "status", "title", "type"])
        }
    }

    @Test(arguments: [true, false])
    func `the probes of the shop's charts are answered as Spring Boot answers them`(isReady: Bool)
        async throws
    {
        let actuator = "application/vnd.spring-boot.actuator.v3+json"
        let word = isReady ? "UP" : "OUT_OF_SERVICE"
        let probes: [(path: String, isUp: Bool, type: String, body: String)] = [
            ("/actuator/health/liveness", true, actuator, #"{"status":"UP"}"#),
            ("/actuator/health/readiness", isReady, actuator, #"{"status":"\#(word)"}"#),
            (
                "/actuator/health?x=1", isReady, actuator,
                #"{"status":"\#(word)","groups":["liveness","readiness"]}"#
            ),
            (
                "/topology", true, "application/json",
                #"{"persistenceProvider":"redis","dynamodbTable":"N/A","dynamodbEndpoint":"N/A"}"#
            ),
        ]
        try await serve(isReady: isReady) { caller in
            for (path, isUp, type, body) in probes {
                let reply = try await caller.send(.get, path)
                #expect(reply.status == (isUp ? 200 : 503), "\(path)")
                #expect(reply["Content-Type"] == type && Self.text(reply) == body, "\(path)")
                let plain = try await caller.send(.get, path, headers: [.accept: "application/json"])
                #expect(plain["Content-Type"] == "application/json", "\(path)")
                let head = try await caller.send(.head, path)
                #expect(head.status == reply.status && head.body.isEmpty, "\(path)")
                #expect(head["Content-Type"] == type, "\(path)")
                #expect(head["Content-Length"] == "\(body.utf8.count)", "\(path)")
                let options = try await caller.send(.options, path)
                #expect(options.status == 200 && options.body.isEmpty, "\(path)")
                #expect(options["Allow"] == "GET, HEAD, OPTIONS", "\(path)")
                let post = try await caller.send(.post, path, body: "{}")
                #expect(post.status == 405 && post["Allow"] == "GET, HEAD, OPTIONS", "\(path)")
            }
            for path in ["/actuator", "/actuator/health/", "/actuator/health/x", "/topology/x"] {
                #expect(try await caller.send(.get, path).status == 404, "\(path)")
            }
        }
    }
}
