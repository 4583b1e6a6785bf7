import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import RequestTracing
import Testing

@testable import CartHTTP

@Suite struct RouteTests {
    @Test func `POST of carts draws an id, says where the cart is and shows it empty`() async throws {
        try await serve { caller in
            let reply = try await caller.send(.post, "/v1/carts")
            #expect(reply.status == 201)
            #expect(reply["Location"] == "/v1/carts/00000000000000000000000001")
            #expect(reply.etag == "\"1\"")
            #expect(reply["Cart-Node"] == "n1")
            #expect(reply["Content-Type"] == "application/json")
            let json = try reply.json
            #expect(json["id"] as? String == "00000000000000000000000001")
            #expect(json["version"] as? Int == 1)
            #expect(json["state"] as? String == "open")
            #expect(json["currency"] is NSNull)
            #expect(json["createdAt"] as? String == "2026-11-22T16:09:17.042Z")
            #expect(json["updatedAt"] as? String == "2026-11-22T16:09:17.042Z")
            #expect(json["expiresAt"] as? String == "2026-12-22T16:09:17.042Z")
            let totals = try #require(json["totals"] as? [String: Any])
            #expect(totals["lines"] as? Int == 0)
            #expect(totals["quantity"] as? Int == 0)
            let subtotal = try #require(totals["subtotal"] as? [String: Any])
            #expect(subtotal["amount"] as? Int == 0)
            #expect(subtotal["currency"] is NSNull)
            let again = try await caller.send(.post, "/v1/carts", body: #"{"currency":"USD"}"#)
            #expect(again["Location"] == "/v1/carts/00000000000000000000000002")
            #expect(try again.json["currency"] as? String == "USD")
        }
    }

    @Test func `PUT creates a cart once and then leaves it as it is`() async throws {
        try await serve { caller in
            let first = try await caller.send(.put, "/v1/carts/mine", body: #"{"currency":"EUR"}"#)
            #expect(first.status == 201)
            #expect(first["Location"] == "/v1/carts/mine")
            let second = try await caller.send(.put, "/v1/carts/mine")
            #expect(second.status == 200)
            #expect(second["Location"] == nil)
            #expect(second.etag == "\"1\"")
            let other = try await caller.send(.put, "/v1/carts/mine", body: #"{"currency":"USD"}"#)
            #expect(other.status == 409)
            #expect(other.problem == "currency-mismatch")
            #expect(other.field == "/currency")
        }
    }

    @Test func `a cart is filled, changed, cleared and shown whole each time`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            let added = try await caller.send(
                .post,
                "/v1/carts/c/lines",
                body: #"""
                    {"sku":"mug","name":"Mug \"☕️\"","quantity":3,"unitPrice":{"amount":1999,"currency":"EUR"},
                     "attributes":{"color":"sky\u0020blue"}}
                    """#
            )
            #expect(added.status == 201)
            #expect(added["Location"] == "/v1/carts/c/lines/1")
            #expect(added.etag == "\"2\"")
            let line = try #require(try added.lines.first)
            #expect(line["id"] as? String == "1")
            #expect(line["sku"] as? String == "mug")
            #expect(line["name"] as? String == "Mug \"☕️\"")
            #expect(line["quantity"] as? Int == 3)
            #expect(line["unitPrice"] as? NSDictionary == ["amount": 1999, "currency": "EUR", "exponent": 2])
            #expect(line["total"] as? NSDictionary == ["amount": 5997, "currency": "EUR", "exponent": 2])
            #expect(line["attributes"] as? NSDictionary == ["color": "sky blue"])
            #expect(line["addedAt"] as? String == "2026-11-22T16:09:17.042Z")

            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            let more = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            #expect(more.status == 200)
            #expect(try more.lines.map { $0["quantity"] as? Int } == [3, 4])
            #expect(try more.lines.last?["name"] is NSNull)
            let totals = try #require(try more.json["totals"] as? NSDictionary)
            let subtotal: NSDictionary = ["amount": 6597, "currency": "EUR", "exponent": 2]
            #expect(totals == ["lines": 2, "quantity": 7, "subtotal": subtotal] as NSDictionary)

            let set = try await caller.send(.patch, "/v1/carts/c/lines/2", body: #"{"quantity":1}"#)
            #expect(set.status == 200)
            #expect(try set.lines.map { $0["quantity"] as? Int } == [3, 1])
            let same = try await caller.send(.patch, "/v1/carts/c/lines/2", body: #"{"quantity":1}"#)
            #expect(same.status == 200)
            #expect(same.etag == set.etag)
            let zero = try await caller.send(.patch, "/v1/carts/c/lines/2", body: #"{"quantity":0}"#)
            #expect(try zero.lines.count == 1)
            let removed = try await caller.send(.delete, "/v1/carts/c/lines/1")
            #expect(removed.status == 200)
            #expect(try removed.lines.isEmpty)
            #expect(try removed.json["currency"] as? String == "EUR")
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            let cleared = try await caller.send(.delete, "/v1/carts/c/lines")
            #expect(cleared.status == 200)
            #expect(try cleared.lines.isEmpty)
            #expect(try await caller.send(.get, "/v1/carts/c").body == cleared.body)
        }
    }

    @Test func `a deleted cart is gone, is deleted again without complaint, and is created anew`()
        async throws
    {
        try await serve { caller in
            #expect(try await caller.send(.get, "/v1/carts/c").problem == "cart-not-found")
            #expect(try await caller.send(.delete, "/v1/carts/c").status == 404)
            _ = try await caller.send(.put, "/v1/carts/c")
            let deleted = try await caller.send(.delete, "/v1/carts/c")
            #expect(deleted.status == 204)
            #expect(deleted.body.isEmpty)
            #expect(deleted["Cart-Node"] == "n1")
            #expect(try await caller.send(.delete, "/v1/carts/c").status == 204)
            let gone = try await caller.send(.get, "/v1/carts/c")
            #expect(gone.status == 410)
            #expect(gone.problem == "cart-deleted")
            #expect(gone["Content-Type"] == "application/problem+json")
            #expect(try await caller.send(.post, "/v1/carts/c/lines", body: apple).status == 410)
            let anew = try await caller.send(.put, "/v1/carts/c")
            #expect(anew.status == 201)
            #expect(anew.etag == "\"3\"")
        }
    }

    @Test func `a line that is not there is not found`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            #expect(try await caller.send(.delete, "/v1/carts/c/lines/7").problem == "line-not-found")
            let patched = try await caller.send(.patch, "/v1/carts/c/lines/7", body: #"{"quantity":1}"#)
            #expect(patched.status == 404)
            #expect(patched.problem == "line-not-found")
        }
    }

    @Test func `a full line and a foreign currency are conflicts that name the field`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            let full = apple.replacing("\"quantity\":2", with: "\"quantity\":9998")
            let reply = try await caller.send(.post, "/v1/carts/c/lines", body: full)
            #expect(reply.status == 409)
            #expect(reply.problem == "limit-reached")
            #expect(reply.field == "/quantity")
            #expect(try reply.json["maximum"] as? Int == 9_999)
            #expect(try reply.json["actual"] as? Int == 10_000)
            let foreign = try await caller.send(
                .post,
                "/v1/carts/c/lines",
                body: apple.replacing("EUR", with: "USD")
            )
            #expect(foreign.problem == "currency-mismatch")
            #expect(foreign.field == "/unitPrice/currency")
        }
    }

    @Test func `HEAD has the head of GET and no body`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            let get = try await caller.send(.get, "/v1/carts/c")
            let head = try await caller.send(.head, "/v1/carts/c")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head.headers == get.headers)
            #expect(head["Content-Length"] == String(get.body.count))
            #expect(try await caller.send(.head, "/v1/carts/d").status == 404)
        }
    }

    @Test(arguments: resources)
    func `every resource says what may be done with it and refuses the rest`(path: String, allow: String)
        async throws
    {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let options = try await caller.send(.options, path)
            #expect(options.status == 204)
            #expect(options["Allow"] == allow)
            for method in ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "TRACE", "BREW"] {
                guard !allow.contains(method) else { continue }
                let reply = try await caller.send(try #require(HTTPRequest.Method(method)), path, body: "{}")
                #expect(reply.status == 405)
                #expect(reply.problem == "method-not-allowed")
                #expect(reply["Allow"] == allow)
            }
            #expect(backend.asked.isEmpty)
        }
    }

    @Test(arguments: [
        "/", "/v1", "/v1/cart", "/v1/cartsx", "/v1/carts/", "/v1/carts//lines", "/v1/carts/c/",
        "/v1/carts/c/line",
        "/v1/carts/c/lines/", "/v1/carts/c/lines/1/", "/v1/carts/c/lines/1/x", "/V1/carts", "/v2/carts", "",
    ])
    func `a path that names nothing is not found`(path: String) async throws {
        try await serve { caller in
            let reply = try await caller.send(.get, path)
            #expect(reply.status == 404)
            #expect(reply.problem == "unknown-path")
        }
    }

    @Test func `a query is overlooked and escapes in a path are undone`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/a~b")
            #expect(try await caller.send(.get, "/v1/carts/a%7Eb?x=/y").status == 200)
            #expect(try await caller.send(.get, "/v1/carts/%61~%62").status == 200)
            #expect(try await caller.send(.get, "http://gateway:8080/v1/carts/a~b").status == 200)
        }
    }

    @Test func `a node that leaves asks its clients to connect elsewhere`() async throws {
        try await serve(draining: true) { caller async throws in
            #expect(try await caller.send(.put, "/v1/carts/c")["Connection"] == "close")
            #expect(try await caller.send(.get, "/v1/carts/d")["Connection"] == "close")
        }
        try await serve { caller async throws in
            #expect(try await caller.send(.put, "/v1/carts/c")["Connection"] == nil)
        }
    }

    @Test func `the answer names the node that decided, and a refused request the one that refused`()
        async throws
    {
        try await serve(InMemoryCarts(node: "n2"), node: "n1") { caller async throws in
            #expect(try await caller.send(.put, "/v1/carts/c")["Cart-Node"] == "n2")
            #expect(try await caller.send(.get, "/v1/carts/d")["Cart-Node"] == "n2")
            #expect(try await caller.send(.get, "/nowhere")["Cart-Node"] == "n1")
        }
    }

    @Test func `the deadline counts from the request and the trace is passed on`() async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let before = ContinuousClock.now
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let name = try #require(HTTPField.Name("traceparent"))
            _ = try await caller.send(.put, "/v1/carts/c", body: nil, headers: [name: trace])
            let asked = try #require(backend.asked.first)
            #expect(asked.trace?.parent == trace)
            #expect(asked.deadline >= before + .seconds(2))
            #expect(asked.deadline <= ContinuousClock.now + .seconds(2))
        }
    }

    @Test func `over a real connection it is the same`() async throws {
        try await serve(InMemoryCarts(), setup: .live) { caller in
            #expect(try await caller.send(.put, "/v1/carts/c").status == 201)
            #expect(try await caller.send(.post, "/v1/carts/c/lines", body: apple).status == 201)
            #expect(try await caller.send(.head, "/v1/carts/c").status == 200)
            let get = try await caller.send(.get, "/v1/carts/c")
            #expect(get.status == 200)
            #expect(try get.lines.count == 1)
            #expect(get["Content-Length"] == String(get.body.count))
            #expect(try await caller.send(.delete, "/v1/carts/c").status == 204)
            #expect(try await caller.send(.get, "/v1/carts/c").status == 410)
        }
    }

    @Test func `what is done is said even if the cart is gone by the same commit`() async throws {
        let gone = CartState.deleted(at: moment, lastLine: LineID(1))
        try await serve(FixedAnswerDispatcher(.lineAdded(LineID(1)), gone)) { caller in
            let reply = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            #expect(reply.status == 201)
            #expect(reply["Location"] == "/v1/carts/c/lines/1")
            #expect(reply.etag == "\"9\"")
            let json = try reply.json as NSDictionary
            #expect(
                json == [
                    "id": "c", "version": 9, "state": "deleted", "deletedAt": "2026-11-22T16:09:17.042Z",
                ] as NSDictionary
            )
        }
        try await serve(FixedAnswerDispatcher(.read, gone)) { caller in
            let reply = try await caller.send(.get, "/v1/carts/c")
            #expect(reply.status == 500 && reply.problem == "internal-error")
        }
        try await serve(FixedAnswerDispatcher(.deleted, .open(.empty))) { caller async throws in
            #expect(try await caller.send(.delete, "/v1/carts/c").status == 204)
        }
    }

    @Test func `absurd stored numbers are shown as null`() async throws {
        let backend = InMemoryCarts()
        let line = Line(
            id: LineID(1),
            sku: "x",
            name: nil,
            quantity: .max,
            unitPrice: .max,
            addedAt: Timestamp(milliseconds: .max)
        )
        let cart = OpenCart(
            currency: nil,
            lines: [line],
            lastLine: LineID(0),
            createdAt: Timestamp(milliseconds: .min),
            updatedAt: Timestamp(milliseconds: .max)
        )
        backend.put("c", .open(cart), sequence: .max)
        try await serve(backend) { caller in
            let json = try await caller.send(.get, "/v1/carts/c").json
            #expect(json["createdAt"] is NSNull)
            #expect(json["expiresAt"] is NSNull)
            let totals = try #require(json["totals"] as? [String: Any])
            #expect(totals["subtotal"] is NSNull)
            #expect(totals["quantity"] is NSNull)
            #expect(totals["lines"] as? Int == 1)
            let line = try #require((json["lines"] as? [[String: Any]])?.first)
            #expect(line["total"] is NSNull)
            #expect(line["addedAt"] is NSNull)
        }
    }
}

/// Always the same answer, as the last of a commit's commands left it.
private struct FixedAnswerDispatcher: CartDispatcher {
    let effect: CartOutcome.Effect
    let state: CartState

    init(_ effect: CartOutcome.Effect, _ state: CartState) {
        self.effect = effect
        self.state = state
    }

    func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) async throws(HostFailure) -> Answer<CartLogic> {
        Answer(verdict: .accepted(CartReply(effect), CartRecord(cart: state)), sequence: 9, node: "n1")
    }
}

extension OpenCart {
    static var empty: OpenCart {
        OpenCart(currency: nil, lines: [], lastLine: LineID(0), createdAt: moment, updatedAt: moment)
    }
}
