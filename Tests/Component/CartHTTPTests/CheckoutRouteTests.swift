import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import Testing

@testable import CartHTTP

/// Orders over HTTP.
@Suite struct CheckoutRouteTests {
    private func withCart(_ test: @escaping @Sendable (HTTPTestClient) async throws -> Void) async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            _ = try await caller.send(.patch, "/v1/carts/c", body: #"{"note":"n"}"#)
            try await test(caller)
        }
    }

    @Test func `a checkout makes an order that the cart and its own address show`() async throws {
        try await withCart { caller in
            #expect(try await caller.send(.get, "/v1/carts/c/order").problem == "order-not-found")
            let reply = try await caller.send(.post, "/v1/carts/c/checkout", body: #"{"version":3}"#)
            #expect(reply.status == 201 && reply["Location"] == "/v1/carts/c/order")
            #expect(try reply.json["state"] as? String == "checked-out")
            let order = try #require(try reply.json["order"] as? [String: Any])
            let id = try #require(order["id"] as? String)
            #expect(order["version"] as? Int == 3)
            #expect(order["checkedOutAt"] as? String == "2026-11-22T16:09:17.042Z")
            let shown = try await caller.send(.get, "/v1/carts/c")
            #expect(shown.status == 200 && shown.body == reply.body && shown.etag == "\"4\"")
            let snapshot = try await caller.send(.get, "/v1/carts/c/order")
            #expect(snapshot.status == 200 && snapshot.etag == "\"4\"")
            let json = try snapshot.json
            #expect(json["id"] as? String == id && json["cart"] as? String == "c")
            #expect(json["version"] as? Int == 3 && json["note"] as? String == "n")
            #expect(try snapshot.lines.count == 1)
            let totals = try #require(json["totals"] as? NSDictionary)
            #expect(totals["subtotal"] as? NSDictionary == ["amount": 300, "currency": "EUR", "exponent": 2])
            #expect(try await caller.send(.head, "/v1/carts/c/order").status == 200)
        }
    }

    @Test func `the same checkout again is the same order, by its version or by its key`() async throws {
        try await withCart { caller in
            let key: HTTPFields = [.idempotencyKey: "k", .ifMatch: "\"3\""]
            let first = try await caller.send(.post, "/v1/carts/c/checkout", body: nil, headers: key)
            #expect(first.status == 201)
            let again = try await caller.send(.post, "/v1/carts/c/checkout", body: nil, headers: key)
            #expect(again.status == 201 && again.body == first.body)
            #expect(again["Idempotency-Replayed"] == "true" && again["Location"] == first["Location"])
            // The version in the body is the same demand.
            let body: HTTPFields = [.idempotencyKey: "k"]
            let spelled = try await caller.send(
                .post,
                "/v1/carts/c/checkout",
                body: #"{"version":3}"#,
                headers: body
            )
            #expect(spelled.body == first.body && spelled["Idempotency-Replayed"] == "true")
            let plain = try await caller.send(.post, "/v1/carts/c/checkout", body: #"{"version":3}"#)
            #expect(plain.status == 200 && plain.body == first.body)
            let other = try await caller.send(.post, "/v1/carts/c/checkout", body: #"{"version":4}"#)
            #expect(other.status == 409 && other.problem == "cart-checked-out")
        }
    }

    @Test func `an order refuses every change by its name until it is cancelled`() async throws {
        try await withCart { caller in
            let done = try await caller.send(.post, "/v1/carts/c/checkout", body: #"{"version":3}"#)
            let order = try #require(try done.json["order"] as? [String: Any])
            let changes: [(HTTPRequest.Method, String, String?)] = [
                (.put, "", nil), (.patch, "", #"{"note":"x"}"#), (.post, "/lines", apple),
                (.delete, "/lines", nil), (.patch, "/lines/1", #"{"quantity":1}"#),
                (.delete, "/lines/1", nil),
                (.post, "/actions", #"{"actions":[{"action":"clear"}]}"#),
                (.post, "/take-out", #"{"lines":[{"lineId":"1","quantity":1}]}"#),
                (.post, "/merge", #"{"from":"d","mergeId":"m"}"#),
            ]
            for (method, path, body) in changes {
                let reply = try await caller.send(method, "/v1/carts/c\(path)", body: body)
                #expect(reply.status == 409 && reply.problem == "cart-checked-out", "\(method) \(path)")
                #expect(try reply.json["order"] as? String == order["id"] as? String)
            }
            let cancelled = try await caller.send(.post, "/v1/carts/c/checkout/cancel")
            #expect(cancelled.status == 200)
            #expect(try cancelled.json["state"] as? String == "open" && cancelled.json["order"] is NSNull)
            #expect(
                try await caller.send(.post, "/v1/carts/c/checkout/cancel", body: "{}").etag == cancelled.etag
            )
            #expect(try await caller.send(.get, "/v1/carts/c/order").status == 404)
            #expect(try await caller.send(.post, "/v1/carts/c/lines", body: apple).status == 200)
        }
    }

    @Test func `a cart that was ordered is deleted and begun anew`() async throws {
        try await withCart { caller in
            _ = try await caller.send(.post, "/v1/carts/c/checkout", body: #"{"version":3}"#)
            #expect(try await caller.send(.delete, "/v1/carts/c").status == 204)
            #expect(try await caller.send(.put, "/v1/carts/c").status == 201)
        }
    }

    @Test func `a checkout without, with another, and of a changed version is refused by its field`()
        async throws
    {
        try await withCart { caller in
            let missing = try await caller.send(.post, "/v1/carts/c/checkout")
            #expect(
                missing.status == 422 && missing.problem == "missing-field" && missing.field == "/version"
            )
            let star: HTTPFields = [.ifMatch: "*"]
            #expect(
                try await caller.send(.post, "/v1/carts/c/checkout", body: nil, headers: star).problem
                    == "missing-field"
            )
            let old = try await caller.send(.post, "/v1/carts/c/checkout", body: #"{"version":2}"#)
            #expect(old.status == 412 && old.problem == "version-mismatch" && old.field == "/version")
            #expect(old.etag == "\"3\"")
            let header: HTTPFields = [.ifMatch: "\"2\""]
            let stale = try await caller.send(.post, "/v1/carts/c/checkout", body: nil, headers: header)
            #expect(stale.status == 412 && stale.field == "If-Match")
            let both = try await caller.send(
                .post,
                "/v1/carts/c/checkout",
                body: #"{"version":3}"#,
                headers: header
            )
            #expect(both.status == 422 && both.field == "/version")
            _ = try await caller.send(.delete, "/v1/carts/c/lines")
            let empty = try await caller.send(.post, "/v1/carts/c/checkout", body: #"{"version":4}"#)
            #expect(empty.status == 409 && empty.problem == "cart-empty")
        }
    }

    @Test(arguments: ["\"2\"", "\"2\", \"3\"", "*"])
    func `a stale version in the body is the refused field, also where If-Match admits it`(
        precondition: String
    ) async throws {
        try await withCart { caller in
            let reply = try await caller.send(
                .post,
                "/v1/carts/c/checkout",
                body: #"{"version":2}"#,
                headers: [.ifMatch: precondition]
            )
            #expect(reply.status == 412 && reply.field == "/version" && reply.etag == "\"3\"")
            #expect(try reply.json["expected"] as? String == "\"2\"")
            #expect(try reply.json["actual"] as? String == "\"3\"")
        }
    }

    @Test func `a weak tag beside a version in the body is explained`() async throws {
        try await withCart { caller in
            for (tags, isWeak) in [("W/\"3\"", true), ("\"2\"", false)] {
                let reply = try await caller.send(
                    .post,
                    "/v1/carts/c/checkout",
                    body: #"{"version":3}"#,
                    headers: [.ifMatch: tags]
                )
                #expect(reply.status == 422 && reply.field == "/version")
                let detail = try #require(try reply.json["detail"] as? String)
                #expect(detail.contains("weak tag (W/)") == isWeak, "\(detail)")
            }
        }
    }

    @Test(arguments: [
        BadBody(#"{"version":0}"#, 422, problem: "invalid-field", field: "/version"),
        BadBody(#"{"version":-1}"#, 422, problem: "invalid-field", field: "/version"),
        BadBody(#"{"version":"3"}"#, 422, problem: "wrong-type", field: "/version"),
        BadBody(#"{"version":18446744073709551615}"#, 422, problem: "invalid-field", field: "/version"),
        BadBody(#"{"version":null}"#, 422, problem: "missing-field", field: "/version"),
        BadBody(#"{"order":"x"}"#, 422, problem: "unknown-field", field: "/order"),
        BadBody("[3]", 422, problem: "wrong-type", field: ""),
    ])
    func `a bad checkout is refused by its field before any cart is asked`(bad: BadBody) async throws {
        try await DetailRouteTests.refused(.post, "/v1/carts/c/checkout", by: bad)
    }

    @Test func `a bad cancellation is refused before any cart is asked`() async throws {
        let bad = BadBody(#"{"order":"x"}"#, 422, problem: "unknown-field", field: "/order")
        try await DetailRouteTests.refused(.post, "/v1/carts/c/checkout/cancel", by: bad)
    }
}
