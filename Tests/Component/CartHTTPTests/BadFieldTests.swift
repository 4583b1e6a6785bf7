import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import Testing

@testable import CartHTTP

/// Fields of every route's body that can be in no cart, beside those of the routes' own tests.
@Suite struct BadFieldTests {
    private static let long = String(repeating: "a", count: 129)

    private func refuse(_ method: HTTPRequest.Method, _ path: String, by bad: BadBody) async throws {
        try await DetailRouteTests.refused(
            method,
            path,
            by: bad,
            headers: DetailRouteTests.bearer(DetailRouteTests.token)
        )
    }

    @Test(arguments: [
        ("0", "invalid-field"), ("-1", "invalid-field"), ("1.5", "wrong-type"), ("1e-2", "wrong-type"),
        ("\"1\"", "wrong-type"), ("true", "wrong-type"), ("[1]", "wrong-type"), ("{}", "wrong-type"),
        ("9223372036854775808", "invalid-field"), ("99999999999999999999999999", "invalid-field"),
        ("null", "missing-field"),
    ])
    func `a version that no cart has can not be ordered`(_ version: String, _ problem: String) async throws {
        let bad = BadBody("{\"version\":\(version)}", 422, problem: problem, field: "/version")
        try await refuse(.post, "/v1/carts/c/checkout", by: bad)
    }

    @Test(arguments: [
        ("\"\"", "m", "invalid-field", "/from"), ("\"c\"", "m", "invalid-field", "/from"),
        ("\"a b\"", "m", "invalid-field", "/from"), ("\"..\"", "m", "invalid-field", "/from"),
        ("\"é\"", "m", "invalid-field", "/from"), ("\"\\u202e\"", "m", "invalid-field", "/from"),
        ("\"{c}\"", "m", "invalid-field", "/from"), ("\"\(long)\"", "m", "invalid-field", "/from"),
        ("1", "m", "wrong-type", "/from"), ("null", "m", "wrong-type", "/from"),
        ("\"d\"", "", "invalid-field", "/mergeId"), ("\"d\"", "a b", "invalid-field", "/mergeId"),
        ("\"d\"", "\\u0000", "invalid-field", "/mergeId"), ("\"d\"", long, "invalid-field", "/mergeId"),
        ("\"d\"", "e\u{301}", "invalid-field", "/mergeId"),
        ("\"d\"", "\u{212A}", "invalid-field", "/mergeId"),
    ])
    func `a merge that nobody can have begun is refused by its field`(
        _ from: String,
        _ id: String,
        _ problem: String,
        _ field: String
    ) async throws {
        let bad = BadBody("{\"from\":\(from),\"mergeId\":\"\(id)\"}", 422, problem: problem, field: field)
        try await refuse(.post, "/v1/carts/c/merge", by: bad)
    }

    @Test(arguments: ["\"\"", "\"ADD\"", "\"sum\"", "\"add \""])
    func `a strategy that nobody knows is refused`(_ strategy: String) async throws {
        let body = "{\"from\":\"d\",\"mergeId\":\"m\",\"strategy\":\(strategy)}"
        try await refuse(
            .post,
            "/v1/carts/c/merge",
            by: BadBody(body, 422, problem: "invalid-field", field: "/strategy")
        )
    }

    @Test(arguments: [
        ("[]", "invalid-field", "/lines"), ("{}", "wrong-type", "/lines"), ("null", "wrong-type", "/lines"),
        ("[1]", "wrong-type", "/lines/0"), ("[{}]", "missing-field", "/lines/0/lineId"),
        (#"[{"lineId":1,"quantity":1}]"#, "wrong-type", "/lines/0/lineId"),
        (#"[{"lineId":"0","quantity":1}]"#, "invalid-field", "/lines/0/lineId"),
        (#"[{"lineId":"01","quantity":1}]"#, "invalid-field", "/lines/0/lineId"),
        (#"[{"lineId":"4294967296","quantity":1}]"#, "invalid-field", "/lines/0/lineId"),
        (#"[{"lineId":"١","quantity":1}]"#, "invalid-field", "/lines/0/lineId"),
        (#"[{"lineId":"1"}]"#, "missing-field", "/lines/0/quantity"),
        (#"[{"lineId":"1","quantity":0}]"#, "invalid-field", "/lines/0/quantity"),
        (#"[{"lineId":"1","quantity":10000}]"#, "invalid-field", "/lines/0/quantity"),
        (
            #"[{"lineId":"1","quantity":1},{"lineId":"2","quantity":-1}]"#, "invalid-field",
            "/lines/1/quantity"
        ),
        (#"[{"lineId":"1","quantity":1e-3}]"#, "wrong-type", "/lines/0/quantity"),
        (#"[{"lineId":"1","quantity":1,"sku":"a"}]"#, "unknown-field", "/lines/0/sku"),
    ])
    func `lines that can not be taken out are refused, alone and in a batch`(
        _ lines: String,
        _ problem: String,
        _ field: String
    ) async throws {
        try await refuse(
            .post,
            "/v1/carts/c/take-out",
            by: BadBody("{\"lines\":\(lines)}", 422, problem: problem, field: field)
        )
        let batch = "{\"actions\":[{\"action\":\"clear\"},{\"action\":\"take-out\",\"lines\":\(lines)}]}"
        try await refuse(
            .post,
            "/v1/carts/c/actions",
            by: BadBody(batch, 422, problem: problem, field: "/actions/1" + field)
        )
    }

    @Test(arguments: [
        ("{}", "missing-field", "/action"), ("[]", "wrong-type", ""), ("null", "wrong-type", ""),
        (#"{"action":1}"#, "wrong-type", "/action"), (#"{"action":null}"#, "wrong-type", "/action"),
        (#"{"action":"Clear"}"#, "invalid-field", "/action"),
        (#"{"action":"delete"}"#, "invalid-field", "/action"),
        (#"{"action":"clear","lineId":"1"}"#, "unknown-field", "/lineId"),
        (#"{"action":"remove-line"}"#, "missing-field", "/lineId"),
        (#"{"action":"remove-line","lineId":1}"#, "wrong-type", "/lineId"),
        (#"{"action":"remove-line","lineId":"-1"}"#, "invalid-field", "/lineId"),
        (#"{"action":"set-quantity","lineId":"1"}"#, "missing-field", "/quantity"),
        (#"{"action":"set-quantity","lineId":"1","quantity":-1}"#, "invalid-field", "/quantity"),
        (#"{"action":"set-details","email":"a@"}"#, "invalid-field", "/email"),
        (#"{"action":"set-details","note":"\r"}"#, "invalid-field", "/note"),
        (#"{"action":"set-details","attributes":{"a":{}}}"#, "wrong-type", "/attributes/a"),
        (#"{"action":"set-price","lineId":"1"}"#, "missing-field", "/unitPrice"),
        (
            #"{"action":"set-price","lineId":"1","unitPrice":{"amount":-1,"currency":"EUR"}}"#,
            "invalid-field",
            "/unitPrice/amount"
        ),
        (#"{"action":"add-line","sku":"a","quantity":1}"#, "missing-field", "/unitPrice"),
        (#"{"action":"set-currency"}"#, "missing-field", "/currency"),
        (#"{"action":"set-currency","currency":null}"#, "wrong-type", "/currency"),
        (#"{"action":"set-currency","currency":"DEM"}"#, "invalid-field", "/currency"),
        (#"{"action":"add-line","sku":"a","quantity":1,"unitPrice":[]}"#, "wrong-type", "/unitPrice"),
    ])
    func `an action that nobody can do is refused by its place`(
        _ action: String,
        _ problem: String,
        _ field: String
    ) async throws {
        let body = "{\"actions\":[{\"action\":\"clear\"},\(action)]}"
        try await refuse(
            .post,
            "/v1/carts/c/actions",
            by: BadBody(body, 422, problem: problem, field: "/actions/1" + field)
        )
    }

    @Test func `a batch of none or of too many is refused`() async throws {
        let clear = #"{"action":"clear"}"#
        for count in [0, 101] {
            let list = Array(repeating: clear, count: count).joined(separator: ",")
            let bad = BadBody("{\"actions\":[\(list)]}", 422, problem: "invalid-field", field: "/actions")
            try await refuse(.post, "/v1/carts/c/actions", by: bad)
        }
    }

    @Test(arguments: [
        (#"{"amount":-1,"currency":"EUR"}"#, "invalid-field", "/amount"),
        (#"{"amount":1000000000000,"currency":"EUR"}"#, "invalid-field", "/amount"),
        (#"{"amount":9223372036854775808,"currency":"EUR"}"#, "invalid-field", "/amount"),
        (#"{"amount":1.5,"currency":"EUR"}"#, "wrong-type", "/amount"),
        (#"{"amount":"1","currency":"EUR"}"#, "wrong-type", "/amount"),
        (#"{"amount":1,"currency":null}"#, "wrong-type", "/currency"),
        (#"{"amount":1,"currency":"ＥＵＲ"}"#, "invalid-field", "/currency"),
        (#"{"amount":1,"currency":"EU\u0000"}"#, "invalid-field", "/currency"),
        (#"{"amount":1,"currency":"EUR","tax":0}"#, "unknown-field", "/tax"),
        (#"{"amount":1,"currency":"EUR","exponent":0}"#, "invalid-field", "/exponent"),
        (#"{"amount":1,"currency":"JPY","exponent":2}"#, "invalid-field", "/exponent"),
        (#"{"amount":1,"currency":"JPY","exponent":-9223372036854775808}"#, "invalid-field", "/exponent"),
        (#"{"amount":1,"currency":"EUR","exponent":"2"}"#, "wrong-type", "/exponent"),
    ])
    func `an amount that no line can cost is refused, as a price and in a line`(
        _ price: String,
        _ problem: String,
        _ field: String
    ) async throws {
        let set = BadBody("{\"unitPrice\":\(price)}", 422, problem: problem, field: "/unitPrice" + field)
        try await refuse(.put, "/v1/carts/c/lines/1/price", by: set)
        try await refuse(
            .post,
            "/v1/carts/c/lines",
            by: .line(unitPrice: price, problem, at: "/unitPrice" + field)
        )
    }

    /// Texts with characters of which one byte, scalar and grapheme are not the same.
    @Test(arguments: [
        (#"{"email":"@b"}"#, "/email"), (#"{"email":"a@"}"#, "/email"), (#"{"email":"a@\u2028b"}"#, "/email"),
        (#"{"email":"a b@c"}"#, "/email"), (#"{"email":"a@\u00a0"}"#, "/email"),
        (#"{"email":"a＠b"}"#, "/email"),
        (#"{"email":""}"#, "/email"), (#"{"note":"a\u0085b"}"#, "/note"), (#"{"note":"\u007f"}"#, "/note"),
        (#"{"note":"a\r\nb"}"#, "/note"), (#"{"customerId":"a\nb"}"#, "/customerId"),
        (#"{"discountCodes":["\u0009"]}"#, "/discountCodes/0"), (#"{"attributes":{"é":"a"}}"#, "/attributes"),
        (#"{"attributes":{"\u212a":"a"}}"#, "/attributes"),
        ("{\"note\":\"\(String(repeating: "é", count: 513))\"}", "/note"),
        ("{\"customerId\":\"\(String(repeating: "😀", count: 33))\"}", "/customerId"),
        ("{\"discountCodes\":[\"\(String(repeating: "e\u{301}", count: 22))\"]}", "/discountCodes/0"),
        ("{\"email\":\"\(String(repeating: "a", count: 253))@b\"}", "/email"),
    ])
    func `texts are counted in bytes and judged by scalars`(_ body: String, _ field: String) async throws {
        try await refuse(
            .patch,
            "/v1/carts/c",
            by: BadBody(body, 422, problem: "invalid-field", field: field)
        )
    }

    @Test(arguments: [
        "a@b", "a@b@c", "a@\u{301}b", "\u{301}@b", "é@é", "e\u{301}@x", "\u{202E}a@b", "a@\u{FEFF}",
        "a\u{200D}@b",
    ])
    func `an address has an @ between others, whatever these are`(_ address: String) async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            let reply = try await caller.send(.patch, "/v1/carts/c", body: "{\"email\":\"\(address)\"}")
            #expect(reply.status == 200)
            let shown = try #require(try reply.json["email"] as? String)
            // Kept as it was sent, in whichever form its characters were composed.
            #expect(shown.unicodeScalars.elementsEqual(address.unicodeScalars))
        }
    }
}
