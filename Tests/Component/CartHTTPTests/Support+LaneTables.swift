import CartTesting
import SeededRandom

@testable import CartHTTP

/// The requests of clients, in tables. `$` stands for the name of a cart.
enum LaneTable {
    static func add(_ sku: String = "mug", quantity: Int = 1, currency: String = "EUR") -> String {
        #"{"sku":"\#(sku)","quantity":\#(quantity),"unitPrice":{"amount":1299,"currency":"\#(currency)"}}"#
    }

    static let key = "Idempotency-Key: a-key-that-is-hard-to-guess"
    static let actions =
        #"{"actions":[{"action":"add-line","sku":"a","quantity":2,"unitPrice":{"amount":5,"currency":"EUR"}},{"action":"set-quantity","lineId":"1","quantity":4},{"action":"set-details","note":"n"},{"action":"clear"}]}"#

    /// The requests of one client over one connection. `$` stands for a cart of its own, which has a line if the
    /// name says so.
    static let conversations: [(String, [RawRequest])] = [
        (
            "a cart's life",
            [
                RawRequest("GET /v1/carts/$"), RawRequest("PUT /v1/carts/$", body: #"{"currency":"EUR"}"#),
                RawRequest("PUT /v1/carts/$"), RawRequest("GET /v1/carts/$"), RawRequest("HEAD /v1/carts/$"),
                RawRequest("POST /v1/carts/$/lines", body: add()),
                RawRequest("POST /v1/carts/$/lines", body: add()),
                RawRequest("POST /v1/carts/$/lines", body: add("Möwe 🐦", quantity: 3)),
                RawRequest("PATCH /v1/carts/$/lines/2", body: #"{"quantity":7}"#),
                RawRequest("PATCH /v1/carts/$/lines/2", body: #"{"quantity":0}"#),
                RawRequest("DELETE /v1/carts/$/lines/1"), RawRequest("DELETE /v1/carts/$/lines/1"),
                RawRequest("POST /v1/carts/$/lines", body: add()), RawRequest("DELETE /v1/carts/$/lines"),
                RawRequest("POST /v1/carts/$/actions", body: actions), RawRequest("GET /v1/carts/$?x=/y"),
                RawRequest("DELETE /v1/carts/$"), RawRequest("DELETE /v1/carts/$"),
                RawRequest("GET /v1/carts/$"),
                RawRequest("HEAD /v1/carts/$"), RawRequest("POST /v1/carts/$/lines", body: add()),
                RawRequest("PUT /v1/carts/$"), RawRequest("GET /v1/carts/$"),
            ]
        ),
        (
            "the other lane's routes between them",
            [
                RawRequest("POST /v1/carts", body: #"{"currency":"JPY"}"#), RawRequest("PUT /v1/carts/$"),
                RawRequest("GET /nowhere"), RawRequest("POST /v1/carts/$/lines", body: add()),
                RawRequest("PATCH /v1/carts/$", body: #"{"note":"a\nb","customerId":"kim"}"#),
                RawRequest("GET /v1/carts/$"), RawRequest("OPTIONS /v1/carts/$"),
                RawRequest("HEAD /v1/carts/$"),
                RawRequest(
                    "PUT /v1/carts/$/lines/1/price",
                    body: #"{"unitPrice":{"amount":1,"currency":"EUR"}}"#
                ),
                RawRequest("POST /v1/carts/$/take-out", body: #"{"lines":[{"lineId":"1","quantity":1}]}"#),
                RawRequest("POST /v1/carts/$/lines", body: add()),
                RawRequest("POST /v1/carts/$/checkout", body: #"{"version":5}"#),
                RawRequest("POST /v1/carts/$/checkout", "If-Match: \"5\""), RawRequest("GET /v1/carts/$"),
                RawRequest("GET /v1/carts/$/order"), RawRequest("HEAD /v1/carts/$/order"),
                RawRequest("POST /v1/carts/$/lines", body: add()), RawRequest("DELETE /v1/carts/$"),
                RawRequest("POST /v1/carts/$/checkout/cancel"), RawRequest("GET /v1/carts/$/history"),
                RawRequest("PUT /v1/carts/$x"), RawRequest("POST /v1/carts/$x/lines", body: add("b")),
                RawRequest("POST /v1/carts/$/merge", body: #"{"from":"$x","mergeId":"m-1"}"#),
                RawRequest("GET /v1/carts/$x"), RawRequest("PUT /v1/carts/$x"),
                RawRequest("DELETE /v1/carts/$x"),
                RawRequest("POST /v1/carts/$x/lines", body: add()), RawRequest("GET /v1/carts/$"),
            ]
        ),
        (
            "keys, with a line",
            [
                RawRequest("POST /v1/carts/$/lines", key, body: add("k")),
                RawRequest("POST /v1/carts/$/lines", key, body: add("k")),
                RawRequest("POST /v1/carts/$/lines", key, body: add("other")),
                RawRequest(
                    "POST /v1/carts/$/lines",
                    "Idempotency-Key: \"quoted \\\"key\\\"\"; a=1",
                    body: add("k")
                ),
                RawRequest("POST /v1/carts/$/lines", "idempotency-key: two words", body: add("k")),
                RawRequest(
                    "POST /v1/carts/$/lines",
                    "Idempotency-Key: a",
                    "Idempotency-Key: b",
                    body: add("k")
                ),
                RawRequest("POST /v1/carts/$/lines", "Idempotency-Key: \"open", body: add("k")),
                RawRequest("GET /v1/carts/$", "Idempotency-Key: two words"),
                RawRequest("HEAD /v1/carts/$", key),
                RawRequest("DELETE /v1/carts/$/lines/1", "Idempotency-Key: d"),
                RawRequest("DELETE /v1/carts/$/lines/1", "Idempotency-Key: d"),
                RawRequest("PUT /v1/carts/$", "Idempotency-Key: p"),
                RawRequest("PUT /v1/carts/$", "Idempotency-Key: p"),
                RawRequest("POST /v1/carts/$/actions", "Idempotency-Key: acts", body: actions),
                RawRequest("POST /v1/carts/$/actions", "Idempotency-Key: acts", body: actions),
                RawRequest("DELETE /v1/carts/$", "Idempotency-Key: x"),
                RawRequest("DELETE /v1/carts/$", "Idempotency-Key: x"),
                RawRequest("POST /v1/carts/$/lines", key, body: add("k")),
            ]
        ),
        (
            "ids and paths",
            [
                RawRequest("GET /v1/carts/%61%7Eb"), RawRequest("GET /v1/carts/a%2"),
                RawRequest("GET /v1/carts/ä"),
                RawRequest("GET /v1/carts/\(String(repeating: "a", count: 200))"),
                RawRequest("GET /v1/carts/"),
                RawRequest("GET /v1/carts//lines"), RawRequest("POST /v1/carts/$/lines/", body: add()),
                RawRequest("DELETE /v1/carts/$/lines/0"), RawRequest("DELETE /v1/carts/$/lines/x"),
                RawRequest("PATCH /v1/carts/$/lines/9999999999", body: #"{"quantity":1}"#),
                RawRequest("DELETE /v1/carts/!/lines/x"), RawRequest("PUT /v1/carts/a{b}", body: "{"),
                RawRequest("GET http://gateway:8080/v1/carts/$"), RawRequest("GET /V1/carts/$"),
                RawRequest("BREW /v1/carts/$"), RawRequest("TRACE /v1/carts/$"),
                RawRequest("POST /v1/carts/$"),
                RawRequest("PUT /v1/carts/$/lines", body: "{}"), RawRequest("GET /v1/carts/$/actions"),
                RawRequest("GET /v1/carts?x"), RawRequest("GET /v1/cartsx"), RawRequest("GET /v1/carts/$#x"),
            ]
        ),
        (
            "credentials and traces",
            [
                RawRequest(
                    "POST /v1/carts/$/actions",
                    body:
                        #"{"actions":[{"action":"set-price","lineId":"1","unitPrice":{"amount":5,"currency":"EUR"}}]}"#
                ),
                RawRequest(
                    "POST /v1/carts/$/actions",
                    "Authorization: Bearer wrong",
                    body:
                        #"{"actions":[{"action":"set-price","lineId":"1","unitPrice":{"amount":5,"currency":"EUR"}}]}"#
                ),
                RawRequest(
                    "GET /v1/carts/$",
                    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                ),
                RawRequest("GET /v1/carts/$", "TraceParent: a", "traceparent: b"),
            ]
        ),
        (
            "a page",
            [
                RawRequest("PUT /v1/carts/$", "Origin: https://shop.example"),
                RawRequest("GET /v1/carts/$", "Origin: https://shop.example"),
                RawRequest("GET /v1/carts/$", "Origin: https://other.example"),
                RawRequest("GET /v1/carts/$x", "Origin: https://shop.example"),
                RawRequest(
                    "OPTIONS /v1/carts/$",
                    "Origin: https://shop.example",
                    "Access-Control-Request-Method: PUT"
                ),
                RawRequest("DELETE /v1/carts/$", "Origin: https://shop.example"),
            ]
        ),
        ("a broken header", [RawRequest("GET /v1/carts/$"), RawRequest("GET /v1/carts/$", "no colon")]),
        ("a lost host", [RawRequest("GET /v1/carts/$", "Host: y"), RawRequest("GET /v1/carts/$")]),
        (
            "a request to close",
            [
                RawRequest("PUT /v1/carts/$", "Connection: close"), RawRequest("GET /v1/carts/$"),
            ]
        ),
        ("HTTP 1.0", [RawRequest("PUT /v1/carts/$ HTTP/1.0"), RawRequest("GET /v1/carts/$ HTTP/1.0")]),
        (
            "HTTP 1.0 that goes on",
            [
                RawRequest("PUT /v1/carts/$ HTTP/1.0", "Connection: keep-alive"),
                RawRequest("HEAD /v1/carts/$ HTTP/1.0", "Connection: keep-alive"),
                RawRequest("GET /v1/carts/$ HTTP/1.0"),
            ]
        ),
        (
            "an expectation",
            [
                RawRequest("PUT /v1/carts/$", "Expect: 100-continue", body: "{}"),
                RawRequest("PUT /v1/carts/!", "Expect: 100-continue", body: "{}"),
                RawRequest("GET /v1/carts/$", "Expect: tea"),
            ]
        ),
        (
            "bodies where none belong",
            [
                RawRequest("GET /v1/carts/$", body: "{"),
                RawRequest("PUT /v1/carts/$", "Content-Type: text/x", body: ""),
                RawRequest("DELETE /v1/carts/$/lines", "Content-Encoding: gzip", body: "{"),
                RawRequest(
                    "HEAD /v1/carts/$",
                    fields: [],
                    body: Array("abcdefghijklmnop".utf8),
                    framing: .manyChunks
                ),
                RawRequest("DELETE /v1/carts/$", fields: [], body: Array("x".utf8), framing: .chunks),
                RawRequest("GET /v1/carts/$"),
            ]
        ),
        (
            "an upgrade",
            [
                RawRequest("GET /v1/carts/$", "Connection: upgrade", "Upgrade: h2c"),
                RawRequest("GET /v1/carts/$"),
            ]
        ),
    ]

    /// One for each value of a precondition, on each kind of request, for a cart at version 2.
    static let conditions = [
        "\"2\"", "\"1\"", "*", "\"1\", \"2\"", "\"3\",\"4\"", "W/\"2\"", "\"x\"", "", "2", "\"2", "*, \"2\"",
        "\"18446744073709551615\"", "\"02\"", "  \"2\"\t", "\"ü\"",
    ]

    /// One for each way to send a body that is no good, or unusual.
    static let bodies: [(String, [String])] =
        [
            "", " ", "{", "[]", "null", "{}", "1", "\"\\ud800\"", "{\"a\":1,\"a\":2}", "{\"unknown\":1}",
            String(repeating: "[", count: 20), add(), add() + "x", add(quantity: 0), add(quantity: 10_000),
            add("\\u0000"), add(currency: "XXX"), add(currency: "USD"), add(currency: "eur"),
            #"{"sku":"a","quantity":1.0,"unitPrice":{"amount":1e2,"currency":"EUR","exponent":2},"name":null,"attributes":{"b":"1","a":"2"}}"#,
            #"{"sku":"a","quantity":1,"unitPrice":{"amount":1,"currency":"EUR","exponent":3}}"#,
            #"{"sku":"a","quantity":1,"unitPrice":{"amount":1}}"#, #"{"sku":1,"quantity":1,"unitPrice":{}}"#,
            #"{"quantity":5}"#, #"{"quantity":"5"}"#, #"{"quantity":99999999999999999999}"#,
            #"{"quantity":-1}"#,
            #"{"currency":"USD"}"#, #"{"currency":"EUR","expiresInSeconds":60}"#, #"{"expiresInSeconds":1}"#,
            actions, #"{"actions":[]}"#, #"{"actions":[{"action":"fly"}]}"#,
            #"{"actions":[{"action":"clear","x":1}]}"#,
            #"{"actions":[{"action":"remove-line","lineId":"1"},{"action":"remove-line","lineId":"1"}]}"#,
        ].map { ($0, []) } + [
            (add(), ["Content-Type: text/plain"]),
            (add(), ["Content-Type: application/json; charset=utf-16"]),
            (add(), ["Content-Type: APPLICATION/JSON;charset=\"UTF-8\""]), (add(), ["Content-Type:"]),
            (add(), ["Content-Type: application/merge-patch+json"]),
            (add(), ["Content-Type: application/json", "Content-Type: application/json"]),
            (add(), ["Content-Type: application/json", "Content-Encoding: gzip"]),
            (add(), ["Content-Type: application/json", "Content-Encoding: Identity"]),
            (add(), ["Content-Type: application/json", "Content-Encoding:"]),
            (add(), ["Content-Type: application/json", "content-encoding: a", "Content-Encoding: b"]),
            (add(), ["Content-Type: text/\u{E4}\u{1F426}"]),
            (
                add() + String(repeating: " ", count: 65_536 - add().utf8.count),
                ["Content-Type: application/json"]
            ),
            (
                add() + String(repeating: " ", count: 65_537 - add().utf8.count),
                ["Content-Type: application/json"]
            ),
            (String(repeating: "a", count: 200_000), ["Content-Type: application/json"]),
        ]

    static let routesWithBody = [
        "PUT /v1/carts/$", "POST /v1/carts/$/lines", "PATCH /v1/carts/$/lines/1", "POST /v1/carts/$/actions",
    ]
    /// All plain requests.
    static let plainRoutes =
        routesWithBody + [
            "GET /v1/carts/$", "HEAD /v1/carts/$", "DELETE /v1/carts/$", "DELETE /v1/carts/$/lines",
            "DELETE /v1/carts/$/lines/1",
        ]

    /// A plain request with a good body, if it needs one.
    static func good(_ line: String) -> RawRequest {
        switch line {
        case "POST /v1/carts/$/lines": RawRequest(line, body: add("b"))
        case "PATCH /v1/carts/$/lines/1": RawRequest(line, body: #"{"quantity":7}"#)
        case "POST /v1/carts/$/actions": RawRequest(line, body: actions)
        case _: RawRequest(line)
        }
    }

    private static let someFields = [
        "Idempotency-Key: k", "Idempotency-Key: \"k\"", "Idempotency-Key: l", "If-Match: *",
        "If-Match: \"1\"",
        "If-Match: \"2\"", "If-Match: \"1\", \"2\"", "If-None-Match: *", "If-None-Match: \"2\"",
        "Accept: */*",
        "Content-Type: application/json", "content-type: application/json", "CONTENT-TYPE: text/plain",
        "Content-Encoding: gzip", "Authorization: Bearer x", "traceparent: t", "User-Agent: a b",
        "Connection: close",
        "X: \u{7}",
    ]

    static func request(_ generator: inout ValueGenerator, cart: String) -> RawRequest {
        func any<Element>(_ elements: [Element]) -> Element {
            elements[generator.number(0...elements.count - 1)]
        }
        let line =
            generator.number(0...9) == 0
            ? any(["OPTIONS /v1/carts/$", "GET /", "PUT /v1/carts/"]) : any(plainRoutes)
        let fields = (0..<generator.number(0...3)).map { _ in any(someFields) }
        var request = RawRequest(
            line,
            fields: fields,
            body: nil,
            framing: any(RawRequest.Framing.allCases)
        )
        guard generator.number(0...3) > 0 else { return request.naming(cart) }
        let good = any([add(), add("b"), #"{"quantity":3}"#, actions, "{}"])
        request.body = generator.number(0...2) == 0 ? Mutation.json(good, &generator) : Array(good.utf8)
        if generator.number(0...4) > 0 { request.fields.append("Content-Type: application/json") }
        return request.naming(cart)
    }
}
