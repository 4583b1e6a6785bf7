import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import Ownership
import Testing

@testable import CartHTTP

/// Amounts say how many decimals they have, and are never larger than a client can read.
@Suite struct AmountTests {
    private func line(_ currency: String, more: String = "") -> String {
        #"{"sku":"a","quantity":2,"unitPrice":{"amount":150,"currency":"\#(currency)"\#(more)}}"#
    }

    @Test(arguments: [
        ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("HUF", 2), ("IQD", 3), ("IDR", 2), ("LBP", 2),
    ])
    func `every amount of a cart, an order and a stream's cart has the currency's exponent`(
        currency: String,
        exponent: Int
    ) async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            let added = try await caller.send(.post, "/v1/carts/c/lines", body: line(currency))
            _ = try await caller.send(.post, "/v1/carts/c/checkout", body: #"{"version":2}"#)
            let order = try await caller.send(.get, "/v1/carts/c/order")
            for reply in [added, order] {
                func amount(_ minorUnits: Int) -> NSDictionary {
                    ["amount": minorUnits, "currency": currency, "exponent": exponent]
                }
                #expect(try reply.lines.first?["unitPrice"] as? NSDictionary == amount(150))
                #expect(try reply.lines.first?["total"] as? NSDictionary == amount(300))
                let totals = try #require(try reply.json["totals"] as? [String: Any])
                #expect(totals["subtotal"] as? NSDictionary == amount(300))
            }
        }
    }

    @Test func `a cart without a currency, and one in a withdrawn currency, have no exponent`() async throws {
        let backend = InMemoryCarts()
        for (id, currency) in [("none", nil), ("old", Currency(stored: "DEM"))] {
            let cart = OpenCart(
                currency: currency,
                lines: [],
                lastLine: LineID(0),
                createdAt: moment,
                updatedAt: moment
            )
            backend.put(id, .open(cart), sequence: 1)
            try await serve(backend) { caller in
                let totals = try await caller.send(.get, "/v1/carts/\(id)").json["totals"] as? [String: Any]
                let subtotal = try #require(totals?["subtotal"] as? [String: Any])
                #expect(subtotal["exponent"] is NSNull && subtotal["currency"] as? String == currency?.code)
            }
        }
    }

    @Test func `a price that was shown can be sent as it is`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            for more in ["", #","exponent":2"#, #","exponent":null"#, #","exponent":2.0"#] {
                let body = line("EUR", more: more)
                #expect(try await caller.send(.post, "/v1/carts/c/lines", body: body).status < 300, "\(more)")
            }
            #expect(try await caller.send(.get, "/v1/carts/c").lines.map { $0["quantity"] as? Int } == [8])
        }
    }

    @Test func `a total beyond what a client can read is refused`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            let body = #"{"sku":"a","quantity":9999,"unitPrice":{"amount":999999999999,"currency":"EUR"}}"#
            let reply = try await caller.send(.post, "/v1/carts/c/lines", body: body)
            #expect(reply.status == 409 && reply.problem == "limit-reached" && reply.field == nil)
            #expect(try reply.json["maximum"] as? Int64 == 9_007_199_254_740_991)
            #expect(try await caller.send(.get, "/v1/carts/c").etag == "\"1\"")
        }
    }

    @Test func `an emptied cart changes its currency in one batch, or not at all`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c", body: #"{"currency":"EUR"}"#)
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: line("EUR"))
            func act(_ actions: String) async throws -> ReceivedResponse {
                try await caller.send(.post, "/v1/carts/c/actions", body: #"{"actions":[\#(actions)]}"#)
            }
            let set = #"{"action":"set-currency","currency":"JPY"}"#
            let add = #"{"action":"add-line",\#(line("JPY").dropFirst())"#
            let refused = try await act(set)
            #expect(refused.status == 409 && refused.problem == "currency-mismatch")
            #expect(refused.field == "/actions/0/currency")
            let changed = try await act(#"{"action":"clear"},\#(set),\#(add)"#)
            #expect(changed.status == 200 && changed.etag == "\"3\"")
            #expect(try changed.json["currency"] as? String == "JPY")
            let results = try #require(try changed.json["results"] as? [[String: Any]])
            #expect(results.map { $0["effect"] as? String } == ["cleared", "currency-changed", "line-added"])
            _ = try await caller.send(.delete, "/v1/carts/c/lines")
            #expect(try await caller.send(.post, "/v1/carts/c/lines", body: line("EUR")).status == 409)
        }
    }

    @Test func `a history's prices have the currency that the cart had by then`() async throws {
        for interval in [2, 100] {
            let layout = try StoredCartFixture.layout(.events, every: interval)
            let yen = try #require(Currency(stored: "JPY"))
            let line = Line(id: LineID(1), sku: "a", name: nil, quantity: 2, unitPrice: 150, addedAt: moment)
            var fixture = StoredCartFixture()
            try fixture.commit([.created(currency: nil, at: moment)], by: layout)
            try fixture.commit([.lineAdded(line, currency: yen)], by: layout)
            try fixture.commit([.priceChanged(LineID(1), unitPrice: 99, at: moment)], by: layout)
            let content = StoredContent(fixture.content, at: fixture.sequence)
            try await serve(past: FixedPastStore(content)) { caller in
                let reply = try await caller.send(.get, "/v1/carts/c1/history")
                let text = String(decoding: reply.body, as: UTF8.self)
                let price = #"{"amount":99,"currency":"JPY","exponent":0}"#
                #expect(
                    text.contains(#""event":"price-changed","lineId":"1","unitPrice":\#(price)"#),
                    "\(text)"
                )
            }
        }
    }
}
