import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CartHTTP

/// Changes under a key, sent twice.
@Suite struct RetryTests {
    /// A request that changes a cart which has line 1 (apple, 2) and is at version 2.
    struct Change: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        var body: String?
        let status: Int
        var location: String?

        var testDescription: String { "\(method) \(path) \(body ?? "")" }

        func send(_ caller: HTTPTestClient, _ key: String = "k-1", headers more: HTTPFields = [:])
            async throws
            -> ReceivedResponse
        {
            var fields = more
            fields.append(HTTPField(name: .idempotencyKey, value: key))
            return try await caller.send(method, path, body: body, headers: fields)
        }
    }

    static let pear = apple.replacing("apple", with: "pear")

    static let changes = [
        Change(method: .put, path: "/v1/carts/c", status: 200),
        Change(
            method: .post,
            path: "/v1/carts/c/lines",
            body: pear,
            status: 201,
            location: "/v1/carts/c/lines/2"
        ),
        Change(method: .post, path: "/v1/carts/c/lines", body: apple, status: 200),
        Change(method: .patch, path: "/v1/carts/c/lines/1", body: #"{"quantity":7}"#, status: 200),
        Change(method: .patch, path: "/v1/carts/c/lines/1", body: #"{"quantity":2}"#, status: 200),
        Change(method: .patch, path: "/v1/carts/c/lines/1", body: #"{"quantity":0}"#, status: 200),
        Change(method: .delete, path: "/v1/carts/c/lines/1", status: 200),
        Change(method: .delete, path: "/v1/carts/c/lines", status: 200),
        Change(method: .patch, path: "/v1/carts/c", body: #"{"note":"n"}"#, status: 200),
        Change(
            method: .post,
            path: "/v1/carts/c/actions",
            body: #"{"actions":[{"action":"clear"},{"action":"set-details","email":"a@b"}]}"#,
            status: 200
        ),
        Change(
            method: .post,
            path: "/v1/carts/c/take-out",
            body: #"{"lines":[{"lineId":"1","quantity":1}]}"#,
            status: 200
        ),
        Change(
            method: .post,
            path: "/v1/carts/c/checkout",
            body: #"{"version":2}"#,
            status: 201,
            location: "/v1/carts/c/order"
        ),
        Change(method: .post, path: "/v1/carts/c/checkout/cancel", status: 200),
        Change(method: .delete, path: "/v1/carts/c", status: 204),
    ]

    /// Those whose answer is the cart and no more, and that name a version in their header fields alone.
    static let plain = changes.filter { !["/v1/carts/c/actions", "/v1/carts/c/checkout"].contains($0.path) }

    private func withCart(_ test: @escaping @Sendable (HTTPTestClient) async throws -> Void) async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            try await test(caller)
        }
    }

    @Test(arguments: changes)
    func `a first answer says its version and no more`(change: Change) async throws {
        try await withCart { caller in
            let first = try await change.send(caller)
            #expect(first.status == change.status)
            #expect(first["Location"] == change.location)
            #expect(first["Idempotency-Version"] == "3")
            #expect(first["Idempotency-Replayed"] == nil)
            if change.status != 204 { #expect(first.etag == "\"3\"") }
        }
    }

    @Test(arguments: changes)
    func `a retry has the first status and location and changes nothing`(change: Change) async throws {
        try await withCart { caller in
            let first = try await change.send(caller)
            let before = try await caller.send(.get, "/v1/carts/c")
            for _ in 0..<2 {
                let again = try await change.send(caller, "\"k-1\"")
                #expect(again.status == first.status)
                #expect(again["Location"] == first["Location"])
                #expect(again.etag == first.etag)
                #expect(again.body == first.body)
                #expect(again["Idempotency-Version"] == "3")
                #expect(again["Idempotency-Replayed"] == "true")
            }
            let after = try await caller.send(.get, "/v1/carts/c")
            #expect(after.body == before.body && after.etag == before.etag)
        }
    }

    @Test(arguments: plain)
    func `a retry shows the cart as it is now, whatever happened since`(change: Change) async throws {
        try await withCart { caller in
            let first = try await change.send(caller)
            _ = try await caller.send(.put, "/v1/carts/c")
            _ = try await caller.send(.delete, "/v1/carts/c/lines")
            let now = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            let again = try await change.send(caller)
            #expect(again.status == first.status)
            #expect(again["Location"] == first["Location"])
            #expect(again["Idempotency-Version"] == "3" && again["Idempotency-Replayed"] == "true")
            if change.status != 204 { #expect(again.body == now.body && again.etag == now.etag) }
            #expect(try await caller.send(.get, "/v1/carts/c").body == now.body)
        }
    }

    @Test(arguments: changes)
    func `a retry finds its outcome though the cart was deleted since`(change: Change) async throws {
        try await withCart { caller in
            let first = try await change.send(caller)
            _ = try await caller.send(.delete, "/v1/carts/c")
            let again = try await change.send(caller)
            #expect(again.status == first.status)
            #expect(again["Location"] == first["Location"])
            #expect(again["Idempotency-Version"] == "3" && again["Idempotency-Replayed"] == "true")
            if change.status != 204 {
                #expect(try again.json["state"] as? String == "deleted")
                #expect(again.etag == "\"4\"")
            }
            #expect(try await caller.send(.get, "/v1/carts/c").status == 410)
        }
    }

    @Test(arguments: changes)
    func `a key that stands for another request is refused, whatever the request`(change: Change) async throws
    {
        try await withCart { caller in
            let other = Change(
                method: .post,
                path: "/v1/carts/c/lines",
                body: #"""
                    {"sku":"fig","quantity":2,"unitPrice":{"amount":150,"currency":"EUR"}}
                    """#,
                status: 201
            )
            #expect(try await other.send(caller).status == 201)
            let reply = try await change.send(caller)
            #expect(reply.status == 422)
            #expect(reply.problem == "idempotency-key-reused")
            #expect(reply.field == "Idempotency-Key")
            #expect(reply["Idempotency-Replayed"] == nil)
            #expect(try await caller.send(.get, "/v1/carts/c").etag == "\"3\"")
        }
    }

    @Test(arguments: plain)
    func `a demand is held against the first only, and is no part of what the key stands for`(
        change: Change
    ) async throws {
        try await withCart { caller in
            #expect(try await change.send(caller, "k-1", headers: [.ifMatch: "\"1\""]).status == 412)
            for demand in ["\"2\"", " \"2\""] {
                let reply = try await change.send(caller, "k-1", headers: [.ifMatch: demand])
                #expect(reply.status == change.status)
                #expect(reply["Idempotency-Version"] == "3")
            }
            // As a client refreshes it that saw the cart before it sent the request again.
            for demand in ["\"2\", \"3\"", "\"3\"", "*", nil] {
                let fields: HTTPFields = demand.map { [.ifMatch: $0] } ?? [:]
                let reply = try await change.send(caller, "k-1", headers: fields)
                #expect(reply.status == change.status)
                #expect(reply["Idempotency-Replayed"] == "true")
                #expect(reply["Idempotency-Version"] == "3")
            }
        }
    }

    @Test func `the version that an order names is a demand like any other`() async throws {
        try await withCart { caller in
            for (version, replayed) in [(2, nil), (3, "true")] {
                let order = Change(
                    method: .post,
                    path: "/v1/carts/c/checkout",
                    body: "{\"version\":\(version)}",
                    status: 201
                )
                let reply = try await order.send(caller)
                #expect(reply.status == 201)
                #expect(reply["Idempotency-Replayed"] == replayed)
                #expect((try reply.json["order"] as? [String: Any])?["version"] as? Int == 2)
            }
        }
    }

    @Test(arguments: changes, ["\"2\", \"9\"", "*"])
    func `a retry needs no cart that could meet its demand`(change: Change, demand: String) async throws {
        try await withCart { caller in
            for replayed in [nil, "true"] {
                let reply = try await change.send(caller, "k-1", headers: [.ifMatch: demand])
                #expect(reply.status == change.status)
                #expect(reply["Idempotency-Replayed"] == replayed)
                _ = try await caller.send(.delete, "/v1/carts/c")
            }
        }
    }

    @Test func `PUT that created a cart says so again, also under a demand that it did not exist`()
        async throws
    {
        try await serve { caller in
            let create = Change(method: .put, path: "/v1/carts/c", body: #"{"currency":"EUR"}"#, status: 201)
            for replayed in [nil, "true"] {
                let reply = try await create.send(caller)
                #expect(reply.status == 201)
                #expect(reply["Location"] == "/v1/carts/c")
                #expect(reply["Idempotency-Version"] == "1" && reply["Idempotency-Replayed"] == replayed)
            }
            let absent = Change(method: .put, path: "/v1/carts/d", status: 201)
            #expect(try await absent.send(caller, "k", headers: [.ifMatch: "*"]).status == 412)
            #expect(try await caller.send(.get, "/v1/carts/d").status == 404)
        }
    }

    @Test func `POST of carts under one key creates one cart`() async throws {
        try await serve { caller in
            let create = Change(method: .post, path: "/v1/carts", body: "{}", status: 201)
            let key = "8e03978e-40d5-43dd-bc93-6894a57f9324"
            let first = try await create.send(caller, key)
            #expect(first.status == 201)
            let location = try #require(first["Location"])
            #expect(location != "/v1/carts/00000000000000000000000001")
            let again = try await create.send(caller, "\"\(key)\"")
            #expect(again.status == 201)
            #expect(again["Location"] == location && again.body == first.body)
            #expect(again["Idempotency-Replayed"] == "true")
            let other = try await create.send(caller, key.uppercased())
            #expect(other.status == 201)
            #expect(other["Location"] != location)
            let dollars = Change(method: .post, path: "/v1/carts", body: #"{"currency":"USD"}"#, status: 201)
            #expect(try await dollars.send(caller, key).status == 422)
            #expect(
                try await Change(method: .put, path: location, status: 200).send(caller, key).status == 422
            )
        }
    }

    @Test func `a cart is not made of a key that is easy to guess`() async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let create = Change(method: .post, path: "/v1/carts", status: 201)
            let reply = try await create.send(caller, String(repeating: "k", count: 19))
            #expect(reply.status == 400)
            #expect(reply.field == "Idempotency-Key")
            #expect(backend.asked.isEmpty)
            #expect(try await create.send(caller, String(repeating: "k", count: 20)).status == 201)
        }
    }

    @Test func `one key on two carts is two operations`() async throws {
        try await serve { caller in
            for cart in ["c", "d"] {
                let create = Change(method: .put, path: "/v1/carts/\(cart)", status: 201)
                let reply = try await create.send(caller)
                #expect(reply.status == 201)
                #expect(reply["Idempotency-Replayed"] == nil)
            }
        }
    }

    @Test func `what was refused may be accepted under the same key`() async throws {
        try await serve { caller in
            let add = Change(method: .post, path: "/v1/carts/c/lines", body: apple, status: 201)
            #expect(try await add.send(caller).status == 404)
            _ = try await caller.send(.put, "/v1/carts/c")
            let reply = try await add.send(caller)
            #expect(reply.status == 201)
            #expect(reply["Idempotency-Replayed"] == nil)
        }
    }

    @Test func `how a body is written does not matter, what it says does`() async throws {
        try await withCart { caller in
            func add(_ body: String) -> Change {
                Change(method: .post, path: "/v1/carts/c/lines", body: body, status: 201)
            }
            let bodies = [
                #"{"sku":"x","quantity":1,"unitPrice":{"amount":5,"currency":"EUR"},"attributes":{"a":"1","b":"2"}}"#,
                #"""
                { "attributes": {"b":"2", "a":"\u0031"}, "name": null,
                  "unitPrice": {"currency":"EUR","amount":5}, "quantity":1, "sku":"x" }
                """#,
            ]
            for (body, replayed) in zip(bodies, [nil, "true"]) {
                let reply = try await add(body).send(caller)
                #expect(reply.status == 201)
                #expect(reply["Idempotency-Replayed"] == replayed)
            }
            let more = bodies[0].replacing(#""quantity":1"#, with: #""quantity":2"#)
            #expect(try await add(more).send(caller).status == 422)
        }
    }

    @Test func `a key of too long ago is refused`() async throws {
        try await withCart { caller in
            let set = Change(
                method: .patch,
                path: "/v1/carts/c/lines/1",
                body: #"{"quantity":7}"#,
                status: 200
            )
            for n in 0...256 { #expect(try await set.send(caller, "k-\(n)").status == 200) }
            _ = try await caller.send(.patch, "/v1/carts/c/lines/1", body: #"{"quantity":9}"#)
            let retired = try await set.send(caller, "k-0")
            #expect(retired.status == 409)
            #expect(retired.problem == "idempotency-key-retired")
            #expect(retired.field == "Idempotency-Key")
            let oldest = try await set.send(caller, "k-1")
            #expect(oldest.status == 200)
            #expect(oldest["Idempotency-Version"] == "4")
            #expect(try oldest.lines.map { $0["quantity"] as? Int } == [9])
        }
    }

    @Test func `a change without a key is told nothing of keys`() async throws {
        try await serve { caller in
            let reply = try await caller.send(.put, "/v1/carts/c")
            #expect(reply["Idempotency-Version"] == nil && reply["Idempotency-Replayed"] == nil)
        }
    }
}
