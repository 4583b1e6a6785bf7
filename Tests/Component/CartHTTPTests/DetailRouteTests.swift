import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import Testing

@testable import CartHTTP

/// Details, prices, batches and taking out, over HTTP.
@Suite struct DetailRouteTests {
    static let token = "a-token-of-the-shop"

    static var trusting: CartAPIPolicy {
        var policy = CartAPIPolicy()
        policy.trusted = TrustedToken(token)
        return policy
    }

    static func bearer(_ token: String, scheme: String = "Bearer") -> HTTPFields {
        [.authorization: "\(scheme) \(token)"]
    }

    @Test func `details are patched, shown and unset`() async throws {
        try await serve { caller in
            let made = try await caller.send(.put, "/v1/carts/c", body: #"{"expiresInSeconds":3600}"#)
            #expect(try made.json["expiresInSeconds"] as? Int == 3_600)
            #expect(try made.json["expiresAt"] as? String == "2026-11-22T17:09:17.042Z")
            #expect(try made.json["note"] is NSNull && (try made.json["discountCodes"] as? [String]) == [])
            let all = #"""
                {"note":"a\nb","customerId":"kim","email":"k@example.com","attributes":{"a":"1","b":"2"},
                 "discountCodes":["Z","A","Z"],"expiresInSeconds":60}
                """#
            let set = try await caller.send(
                .patch,
                "/v1/carts/c",
                body: all,
                type: "application/merge-patch+json"
            )
            #expect(set.status == 200 && set.etag == "\"2\"")
            let json = try set.json
            #expect(json["note"] as? String == "a\nb" && json["customerId"] as? String == "kim")
            #expect(json["email"] as? String == "k@example.com" && json["expiresInSeconds"] as? Int == 60)
            #expect(json["attributes"] as? NSDictionary == ["a": "1", "b": "2"])
            #expect(json["discountCodes"] as? [String] == ["A", "Z"])
            let part = #"{"note":null,"attributes":{"a":null,"c":"3"},"expiresInSeconds":null}"#
            let patched = try await caller.send(.patch, "/v1/carts/c", body: part).json
            #expect(patched["note"] is NSNull && patched["expiresInSeconds"] is NSNull)
            #expect(patched["attributes"] as? NSDictionary == ["b": "2", "c": "3"])
            #expect(patched["customerId"] as? String == "kim")
            #expect(patched["expiresAt"] as? String == "2026-12-22T16:09:17.042Z")
            #expect(try await caller.send(.patch, "/v1/carts/c", body: "{}").etag == "\"3\"")
            #expect(try await caller.send(.get, "/v1/carts/c").json["customerId"] as? String == "kim")
        }
    }

    @Test(arguments: [
        BadBody(#"{"note":1}"#, 422, problem: "wrong-type", field: "/note"),
        BadBody(#"{"note":""}"#, 422, problem: "invalid-field", field: "/note"),
        BadBody(#"{"note":"\u0000"}"#, 422, problem: "invalid-field", field: "/note"),
        BadBody(#"{"customerId":[]}"#, 422, problem: "wrong-type", field: "/customerId"),
        BadBody(#"{"customerId":"a\tb"}"#, 422, problem: "invalid-field", field: "/customerId"),
        BadBody(#"{"email":"nobody"}"#, 422, problem: "invalid-field", field: "/email"),
        BadBody(#"{"email":true}"#, 422, problem: "wrong-type", field: "/email"),
        BadBody(#"{"attributes":[]}"#, 422, problem: "wrong-type", field: "/attributes"),
        BadBody(#"{"attributes":{"a":1}}"#, 422, problem: "wrong-type", field: "/attributes/a"),
        BadBody(#"{"attributes":{"a b":"x"}}"#, 422, problem: "invalid-field", field: "/attributes"),
        BadBody(#"{"attributes":{"a":"\n"}}"#, 422, problem: "invalid-field", field: "/attributes/a"),
        BadBody(#"{"discountCodes":"A"}"#, 422, problem: "wrong-type", field: "/discountCodes"),
        BadBody(#"{"discountCodes":["A",1]}"#, 422, problem: "wrong-type", field: "/discountCodes/1"),
        BadBody(#"{"discountCodes":[null]}"#, 422, problem: "wrong-type", field: "/discountCodes/0"),
        BadBody(#"{"discountCodes":["A",""]}"#, 422, problem: "invalid-field", field: "/discountCodes/1"),
        BadBody(#"{"expiresInSeconds":"60"}"#, 422, problem: "wrong-type", field: "/expiresInSeconds"),
        BadBody(#"{"expiresInSeconds":60.5}"#, 422, problem: "wrong-type", field: "/expiresInSeconds"),
        BadBody(#"{"expiresInSeconds":59}"#, 422, problem: "invalid-field", field: "/expiresInSeconds"),
        BadBody(
            #"{"expiresInSeconds":315360001}"#,
            422,
            problem: "invalid-field",
            field: "/expiresInSeconds"
        ),
        BadBody(
            #"{"expiresInSeconds":9223372036854775808}"#,
            422,
            problem: "invalid-field",
            field: "/expiresInSeconds"
        ),
        BadBody(#"{"currency":"EUR"}"#, 422, problem: "unknown-field", field: "/currency"),
        BadBody(#"{"note":"a","note":"b"}"#, 400, problem: "malformed-json", field: "/note"),
        BadBody("[]", 422, problem: "wrong-type", field: ""),
        BadBody("", 400, problem: "malformed-json", field: ""),
    ])
    func `a bad detail is refused by its field before any cart is asked`(bad: BadBody) async throws {
        try await Self.refused(.patch, "/v1/carts/c", by: bad)
    }

    static func refused(
        _ method: HTTPRequest.Method,
        _ path: String,
        by bad: BadBody,
        headers: HTTPFields = [:]
    ) async throws {
        let backend = InMemoryCarts()
        try await serve(backend, policy: trusting) { caller in
            let reply = try await caller.send(method, path, body: bad.body, headers: headers)
            #expect(reply.status == bad.status)
            #expect(reply.problem == bad.problem)
            #expect(reply.field == bad.field)
            #expect(backend.asked.isEmpty)
        }
    }

    @Test func `a price is set by who shows the token, and by nobody where there is none`() async throws {
        let body = #"{"unitPrice":{"amount":99,"currency":"EUR"}}"#
        let batch = #"""
            {"actions":[{"action":"set-price","lineId":"1","unitPrice":{"amount":98,"currency":"EUR"}}]}
            """#
        let backend = InMemoryCarts()
        try await serve(backend, policy: Self.trusting) { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            let asked = backend.asked.count
            for fields in [
                [:], Self.bearer("another"), Self.bearer(""), Self.bearer(Self.token, scheme: "Basic"),
                [.authorization: Self.token], Self.bearer(Self.token + "x"),
            ] as [HTTPFields] {
                for (method, path, body) in [
                    (.put, "/v1/carts/c/lines/1/price", body), (.post, "/v1/carts/c/actions", batch),
                ] as [(HTTPRequest.Method, String, String)] {
                    let reply = try await caller.send(method, path, body: body, headers: fields)
                    #expect(reply.status == 401 && reply.problem == "unauthenticated")
                    #expect(reply.field == "Authorization")
                    let challenge = #"Bearer realm="cart-node""#
                    let isBad = fields[.authorization] != nil
                    #expect(
                        reply.headers[.wwwAuthenticate]
                            == challenge + (isBad ? #", error="invalid_token""# : "")
                    )
                }
            }
            #expect(backend.asked.count == asked)
            let fields = Self.bearer(Self.token, scheme: "bearer")
            let set = try await caller.send(.put, "/v1/carts/c/lines/1/price", body: body, headers: fields)
            #expect(set.status == 200)
            #expect(
                try set.lines.first?["total"] as? NSDictionary == [
                    "amount": 198, "currency": "EUR", "exponent": 2,
                ]
            )
            let again = try await caller.send(.post, "/v1/carts/c/actions", body: batch, headers: fields)
            #expect(
                try again.lines.first?["total"] as? NSDictionary == [
                    "amount": 196, "currency": "EUR", "exponent": 2,
                ]
            )
            let dollars = body.replacing("EUR", with: "USD")
            let foreign = try await caller.send(
                .put,
                "/v1/carts/c/lines/1/price",
                body: dollars,
                headers: fields
            )
            #expect(foreign.status == 409 && foreign.field == "/unitPrice/currency")
            #expect(
                try await caller.send(.put, "/v1/carts/c/lines/7/price", body: body, headers: fields).status
                    == 404
            )
        }
        try await serve { caller async throws in
            let fields = Self.bearer(Self.token)
            #expect(
                try await caller.send(.put, "/v1/carts/c/lines/1/price", body: body, headers: fields).status
                    == 403
            )
        }
    }

    @Test(arguments: [
        BadBody(
            #"{"unitPrice":{"amount":-1,"currency":"EUR"}}"#,
            422,
            problem: "invalid-field",
            field: "/unitPrice/amount"
        ),
        BadBody(
            #"{"unitPrice":{"amount":1,"currency":"X"}}"#,
            422,
            problem: "invalid-field",
            field: "/unitPrice/currency"
        ),
        BadBody(#"{"unitPrice":5}"#, 422, problem: "wrong-type", field: "/unitPrice"),
        BadBody("{}", 422, problem: "missing-field", field: "/unitPrice"),
        BadBody(#"{"amount":5}"#, 422, problem: "unknown-field", field: "/amount"),
        BadBody("", 400, problem: "malformed-json", field: ""),
    ])
    func `a bad price is refused by its field before any cart is asked`(bad: BadBody) async throws {
        try await Self.refused(.put, "/v1/carts/c/lines/1/price", by: bad, headers: Self.bearer(Self.token))
    }

    @Test func `a batch answers the whole cart and what each action did`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            let body = #"""
                {"actions":[
                 {"action":"add-line","sku":"a","quantity":2,"unitPrice":{"amount":5,"currency":"EUR"}},
                 {"action":"add-line","sku":"a","quantity":1,"unitPrice":{"amount":5,"currency":"EUR"}},
                 {"action":"set-details","note":"n"},
                 {"action":"set-quantity","lineId":"1","quantity":3},
                 {"action":"take-out","lines":[{"lineId":"1","quantity":1},{"lineId":"8","quantity":1}]}]}
                """#
            let key: HTTPFields = [.idempotencyKey: "k-1"]
            let first = try await caller.send(.post, "/v1/carts/c/actions", body: body, headers: key)
            #expect(first.status == 200 && first.etag == "\"2\"")
            #expect(try first.lines.map { $0["quantity"] as? Int } == [2])
            #expect(try first.json["note"] as? String == "n")
            let results = try #require(try first.json["results"] as? [[String: Any]])
            #expect(
                results.map { $0["effect"] as? String } == [
                    "line-added", "line-increased", "details-changed", "unchanged", "taken-out",
                ]
            )
            #expect(results.map { $0["lineId"] as? String } == ["1", "1", nil, nil, nil])
            let again = try await caller.send(.post, "/v1/carts/c/actions", body: body, headers: key)
            #expect(again.body == first.body && again["Idempotency-Replayed"] == "true")
            let other = body.replacing("\"quantity\":3", with: "\"quantity\":4")
            let reused = try await caller.send(.post, "/v1/carts/c/actions", body: other, headers: key)
            #expect(reused.problem == "idempotency-key-reused")
            let refused = #"{"actions":[{"action":"clear"},{"action":"remove-line","lineId":"9"}]}"#
            let reply = try await caller.send(.post, "/v1/carts/c/actions", body: refused)
            #expect(reply.status == 404 && reply.problem == "line-not-found")
            #expect(reply.field == "/actions/1/lineId")
            #expect(try reply.json["action"] as? Int == 1)
            #expect(try await caller.send(.get, "/v1/carts/c").etag == "\"2\"")
        }
    }

    @Test(arguments: [
        BadBody("{}", 422, problem: "missing-field", field: "/actions"),
        BadBody(#"{"actions":{}}"#, 422, problem: "wrong-type", field: "/actions"),
        BadBody(#"{"actions":[]}"#, 422, problem: "invalid-field", field: "/actions"),
        BadBody(#"{"actions":[1]}"#, 422, problem: "wrong-type", field: "/actions/0"),
        BadBody(#"{"actions":[{}]}"#, 422, problem: "missing-field", field: "/actions/0/action"),
        BadBody(#"{"actions":[{"action":1}]}"#, 422, problem: "wrong-type", field: "/actions/0/action"),
        BadBody(
            #"{"actions":[{"action":"delete"}]}"#,
            422,
            problem: "invalid-field",
            field: "/actions/0/action"
        ),
        BadBody(
            #"{"actions":[{"action":"checkout"}]}"#,
            422,
            problem: "invalid-field",
            field: "/actions/0/action"
        ),
        BadBody(
            #"{"actions":[{"action":"clear","x":1}]}"#,
            422,
            problem: "unknown-field",
            field: "/actions/0/x"
        ),
        BadBody(
            #"{"actions":[{"action":"clear"},{"action":"set-quantity","quantity":1}]}"#,
            422,
            problem: "missing-field",
            field: "/actions/1/lineId"
        ),
        BadBody(
            #"{"actions":[{"action":"remove-line","lineId":1}]}"#,
            422,
            problem: "wrong-type",
            field: "/actions/0/lineId"
        ),
        BadBody(
            #"{"actions":[{"action":"remove-line","lineId":"01"}]}"#,
            422,
            problem: "invalid-field",
            field: "/actions/0/lineId"
        ),
        BadBody(
            #"{"actions":[{"action":"set-quantity","lineId":"1","quantity":-1}]}"#,
            422,
            problem: "invalid-field",
            field: "/actions/0/quantity"
        ),
        BadBody(
            #"{"actions":[{"action":"add-line","sku":"","quantity":1,"unitPrice":{"amount":1,"currency":"EUR"}}]}"#,
            422,
            problem: "invalid-field",
            field: "/actions/0/sku"
        ),
        BadBody(
            #"{"actions":[{"action":"add-line","sku":"a","quantity":1,"unitPrice":{"amount":1,"currency":"?"}}]}"#,
            422,
            problem: "invalid-field",
            field: "/actions/0/unitPrice/currency"
        ),
        BadBody(
            #"{"actions":[{"action":"set-details","discountCodes":[""]}]}"#,
            422,
            problem: "invalid-field",
            field: "/actions/0/discountCodes/0"
        ),
        BadBody(
            #"{"actions":[{"action":"take-out","lines":[{"lineId":"1","quantity":0}]}]}"#,
            422,
            problem: "invalid-field",
            field: "/actions/0/lines/0/quantity"
        ),
        BadBody(
            #"{"actions":[\#((0..<101).map { _ in #"{"action":"clear"}"# }.joined(separator: ","))]}"#,
            422,
            problem: "invalid-field",
            field: "/actions"
        ),
    ])
    func `a bad batch is refused by its action and field before any cart is asked`(bad: BadBody) async throws
    {
        try await Self.refused(.post, "/v1/carts/c/actions", by: bad)
    }

    @Test(arguments: [
        BadBody("{}", 422, problem: "missing-field", field: "/lines"),
        BadBody(#"{"lines":[]}"#, 422, problem: "invalid-field", field: "/lines"),
        BadBody(#"{"lines":[{"lineId":"1"}]}"#, 422, problem: "missing-field", field: "/lines/0/quantity"),
        BadBody(
            #"{"lines":[{"lineId":"0","quantity":1}]}"#,
            422,
            problem: "invalid-field",
            field: "/lines/0/lineId"
        ),
        BadBody(
            #"{"lines":[{"lineId":"1","quantity":10000}]}"#,
            422,
            problem: "invalid-field",
            field: "/lines/0/quantity"
        ),
        BadBody(
            #"{"lines":[{"lineId":"1","quantity":1,"x":1}]}"#,
            422,
            problem: "unknown-field",
            field: "/lines/0/x"
        ),
    ])
    func `a bad taking out is refused by its field before any cart is asked`(bad: BadBody) async throws {
        try await Self.refused(.post, "/v1/carts/c/take-out", by: bad)
    }

    @Test func `what was ordered elsewhere is taken out`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            let body = #"{"lines":[{"lineId":"1","quantity":3},{"lineId":"2","quantity":1}]}"#
            let taken = try await caller.send(.post, "/v1/carts/c/take-out", body: body)
            #expect(taken.status == 200)
            #expect(try taken.lines.map { $0["quantity"] as? Int } == [1])
            #expect(try await caller.send(.post, "/v1/carts/c/take-out", body: body).lines.isEmpty)
        }
    }

    @Test func `a cart says how long it is kept, and what is left of one by the tombstones' setting`() throws
    {
        let logic = CartLogic(tombstoneRetention: .seconds(9))
        var details = CartDetails()
        details.expiresIn = 61
        var generator = ValueGenerator(seed: 9)
        func cart(_ details: CartDetails) -> OpenCart {
            OpenCart(
                currency: nil,
                lines: [],
                lastLine: LineID(0),
                createdAt: moment,
                updatedAt: moment,
                details: details
            )
        }
        let order = CartOrder(id: OrderID(generator.cartID()), version: 1, at: moment)
        let merged = MergedCart(handover: generator.handover(), at: moment, lastLine: LineID(0))
        let cases: [(CartState, Duration?)] = [
            (.none, nil), (.open(cart(CartDetails())), nil), (.open(cart(details)), .seconds(61)),
            (.checkedOut(cart(details), order), .seconds(61)),
            (.closing(cart(details), generator.handover()), .seconds(61)), (.merged(merged), .seconds(9)),
            (.deleted(at: moment, lastLine: LineID(0)), .seconds(9)),
        ]
        for (state, duration) in cases { #expect(logic.retention(of: CartRecord(cart: state)) == duration) }
    }
}
