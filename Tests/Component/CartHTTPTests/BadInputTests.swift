import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import CartHTTP

/// A body that no cart is asked about.
struct BadBody: Sendable, CustomTestStringConvertible {
    let body: String
    let status: Int
    let problem: String
    let field: String

    init(_ body: String, _ status: Int, _ problem: String, _ field: String) {
        self.body = body
        self.status = status
        self.problem = problem
        self.field = field
    }

    var testDescription: String { String(body.prefix(100)) }

    /// A line with one member said differently.
    static func line(
        sku: String = "\"a\"",
        quantity: String = "1",
        unitPrice: String = #"{"amount":1,"currency":"EUR"}"#,
        more: String = "",
        _ problem: String,
        _ field: String
    ) -> BadBody {
        let body = "{\"sku\":\(sku),\"quantity\":\(quantity),\"unitPrice\":\(unitPrice)\(more)}"
        return BadBody(body, 422, problem, field)
    }

    static func price(_ amount: String, _ currency: String, _ problem: String, _ field: String) -> BadBody {
        line(unitPrice: "{\"amount\":\(amount),\"currency\":\(currency)}", problem, "/unitPrice" + field)
    }

    static let lines: [BadBody] = [
        .line(sku: "1", "wrong-type", "/sku"),
        .line(sku: "null", "wrong-type", "/sku"),
        .line(sku: #""""#, "invalid-field", "/sku"),
        .line(sku: #""a b""#, "invalid-field", "/sku"),
        .line(sku: #""ä""#, "invalid-field", "/sku"),
        .line(sku: #""a\u0000""#, "invalid-field", "/sku"),
        .line(sku: "\"\(String(repeating: "a", count: 65))\"", "invalid-field", "/sku"),
        .line(quantity: "0", "invalid-field", "/quantity"),
        .line(quantity: "-1", "invalid-field", "/quantity"),
        .line(quantity: "10000", "invalid-field", "/quantity"),
        .line(quantity: "9223372036854775808", "invalid-field", "/quantity"),
        .line(quantity: "1.0", "wrong-type", "/quantity"),
        .line(quantity: "1e0", "wrong-type", "/quantity"),
        .line(quantity: #""1""#, "wrong-type", "/quantity"),
        .line(quantity: "true", "wrong-type", "/quantity"),
        .line(quantity: "null", "wrong-type", "/quantity"),
        .line(quantity: "[1]", "wrong-type", "/quantity"),
        .line(unitPrice: "5", "wrong-type", "/unitPrice"),
        .line(unitPrice: "null", "wrong-type", "/unitPrice"),
        .line(unitPrice: "{}", "missing-field", "/unitPrice/amount"),
        .line(unitPrice: #"{"amount":1}"#, "missing-field", "/unitPrice/currency"),
        .line(unitPrice: #"{"amount":1,"currency":"EUR","vat":1}"#, "unknown-field", "/unitPrice/vat"),
        .price("-1", #""EUR""#, "invalid-field", "/amount"),
        .price("1000000000000", #""EUR""#, "invalid-field", "/amount"),
        .price("0.5", #""EUR""#, "wrong-type", "/amount"),
        .price("1", "978", "wrong-type", "/currency"),
        .price("1", #""eur""#, "invalid-field", "/currency"),
        .price("1", #""EURO""#, "invalid-field", "/currency"),
        .price("1", #""XXX""#, "invalid-field", "/currency"),
        .price("1", #""""#, "invalid-field", "/currency"),
        .line(more: #","name":7"#, "wrong-type", "/name"),
        .line(more: #","name":"""#, "invalid-field", "/name"),
        .line(more: #","name":"a\nb""#, "invalid-field", "/name"),
        .line(more: ",\"name\":\"\(String(repeating: "é", count: 129))\"", "invalid-field", "/name"),
        .line(more: #","attributes":[]"#, "wrong-type", "/attributes"),
        .line(more: #","attributes":{"a":1}"#, "wrong-type", "/attributes/a"),
        .line(more: #","attributes":{"a/b":1}"#, "wrong-type", "/attributes/a~1b"),
        .line(more: #","attributes":{"a b":"x"}"#, "invalid-field", "/attributes"),
        .line(more: #","attributes":{"":"x"}"#, "invalid-field", "/attributes"),
        .line(more: #","attributes":{"a":"\u0007"}"#, "invalid-field", "/attributes/a"),
        .line(
            more: ",\"attributes\":{\((0..<17).map { "\"k\($0)\":\"\"" }.joined(separator: ","))}",
            "invalid-field",
            "/attributes"
        ),
        .line(more: #","price":1"#, "unknown-field", "/price"),
        .line(more: #","Sku":"a""#, "unknown-field", "/Sku"),
        BadBody(#"{"quantity":1,"unitPrice":{"amount":1,"currency":"EUR"}}"#, 422, "missing-field", "/sku"),
        BadBody(#"{"sku":"a","unitPrice":{"amount":1,"currency":"EUR"}}"#, 422, "missing-field", "/quantity"),
        BadBody(#"{"sku":"a","quantity":1}"#, 422, "missing-field", "/unitPrice"),
        BadBody(#"{"sku":"a","sku":"a"}"#, 400, "malformed-json", "/sku"),
        BadBody(#"{"unitPrice":{"amount":1,"amount":2}}"#, 400, "malformed-json", "/unitPrice/amount"),
        BadBody(#"{"sku":"\uD800"}"#, 400, "malformed-json", "/sku"),
        BadBody(#"{"sku":[[[[[[[[[1]]]]]]]]]}"#, 400, "malformed-json", "/sku/0/0/0/0/0/0/0"),
        BadBody("[]", 422, "wrong-type", ""),
        BadBody("null", 422, "wrong-type", ""),
        BadBody("{", 400, "malformed-json", ""),
        BadBody("{} {}", 400, "malformed-json", ""),
        BadBody("\u{FEFF}{}", 400, "malformed-json", ""),
        BadBody("", 400, "malformed-json", ""),
    ]
}

@Suite struct BadInputTests {
    @Test(arguments: BadBody.lines)
    func `a line that can be in no cart is refused by its field before any cart is asked`(bad: BadBody)
        async throws
    {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let reply = try await caller.send(.post, "/v1/carts/c/lines", bad.body)
            #expect(reply.status == bad.status)
            #expect(reply.problem == bad.problem)
            #expect(reply.field == bad.field)
            #expect(reply["Content-Type"] == "application/problem+json")
            #expect(backend.asked.isEmpty)
        }
    }

    @Test(arguments: [
        BadBody(#"{"quantity":-1}"#, 422, "invalid-field", "/quantity"),
        BadBody(#"{"quantity":10000}"#, 422, "invalid-field", "/quantity"),
        BadBody(#"{"quantity":1.5}"#, 422, "wrong-type", "/quantity"),
        BadBody(#"{}"#, 422, "missing-field", "/quantity"),
        BadBody(#"{"quantity":1,"sku":"a"}"#, 422, "unknown-field", "/sku"),
        BadBody("", 400, "malformed-json", ""),
    ])
    func `a bad quantity is refused by its field before any cart is asked`(bad: BadBody) async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let reply = try await caller.send(.patch, "/v1/carts/c/lines/1", bad.body)
            #expect(reply.status == bad.status)
            #expect(reply.problem == bad.problem)
            #expect(reply.field == bad.field)
            #expect(backend.asked.isEmpty)
        }
    }

    @Test(arguments: [
        BadBody(#"{"currency":1}"#, 422, "wrong-type", "/currency"),
        BadBody(#"{"currency":"XYZ"}"#, 422, "invalid-field", "/currency"),
        BadBody(#"{"currency":"éé"}"#, 422, "invalid-field", "/currency"),
        BadBody(#"{"id":"x"}"#, 422, "unknown-field", "/id"),
        BadBody("x", 400, "malformed-json", ""),
    ])
    func `a bad creation is refused by its field before any cart is asked`(bad: BadBody) async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let replies = [
                try await caller.send(.post, "/v1/carts", bad.body),
                try await caller.send(.put, "/v1/carts/c", bad.body),
            ]
            for reply in replies {
                #expect(reply.status == bad.status)
                #expect(reply.problem == bad.problem)
                #expect(reply.field == bad.field)
            }
            #expect(backend.asked.isEmpty)
        }
    }

    @Test(arguments: [
        "a%20b", "%7B", "%", "%zz", "%C3%A4", "a:b", "..", ".", String(repeating: "a", count: 129), "%2F",
    ])
    func `an id that no cart can have is refused`(id: String) async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let reply = try await caller.send(.put, "/v1/carts/\(id)")
            #expect(reply.status == 400)
            #expect(reply.problem == "invalid-id")
            #expect(reply.field == "id")
            #expect(backend.asked.isEmpty)
        }
    }

    @Test(arguments: ["0", "01", "-1", "+1", "x", "4294967296", "1.0", "%31x"])
    func `an id that no line can have is refused`(id: String) async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let reply = try await caller.send(.delete, "/v1/carts/c/lines/\(id)")
            #expect(reply.status == 400)
            #expect(reply.problem == "invalid-id")
            #expect(reply.field == "lineId")
            #expect(backend.asked.isEmpty)
        }
    }

    @Test(arguments: [
        nil, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "json",
    ])
    func `a body that is not declared as JSON is refused`(type: String?) async throws {
        try await serve { caller in
            let reply = try await caller.send(.post, "/v1/carts/c/lines", apple, type: type)
            #expect(reply.status == 415)
            #expect(reply.problem == "unsupported-media-type")
        }
    }

    @Test(arguments: [
        "application/json", "Application/JSON ; charset=UTF-8", "application/json;charset=\"utf-8\"; v=1",
    ])
    func `JSON is known by its name in any spelling`(type: String) async throws {
        try await serve { caller async throws in
            #expect(try await caller.send(.put, "/v1/carts/c", "{}", type: type).status == 201)
        }
    }

    @Test func `a body of the limit is read and one byte more is not`() async throws {
        try await serve { caller in
            let body = apple + String(repeating: " ", count: 64 * 1024 - apple.utf8.count)
            _ = try await caller.send(.put, "/v1/carts/c")
            #expect(try await caller.send(.post, "/v1/carts/c/lines", body).status == 201)
            let reply = try await caller.send(.post, "/v1/carts/c/lines", body + " ")
            #expect(reply.status == 413)
            #expect(reply.problem == "body-too-large")
        }
    }

    @Test func `a creation without a body may declare one`() async throws {
        try await serve { caller async throws in
            #expect(try await caller.send(.put, "/v1/carts/c", "").status == 201)
            #expect(try await caller.send(.put, "/v1/carts/d", "{}").status == 201)
            #expect(try await caller.send(.put, "/v1/carts/e", #"{"currency":null}"#).status == 201)
        }
    }

    @Test func `a body that does not say its length is limited all the same`() async throws {
        let backend = InMemoryCarts()
        let routes = CartRoutes(application(backend), node: "n1")
        let head = HTTPRequest(
            method: .post,
            scheme: nil,
            authority: nil,
            path: "/v1/carts",
            headerFields: [.contentType: "application/json"]
        )
        for (length, status) in [(64 * 1024, 201), (64 * 1024 + 1, 413)] {
            let text = "{}" + String(repeating: " ", count: length - 2)
            let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: text)))
            #expect(try await routes.respond(to: request)?.status.code == status)
        }
        #expect(backend.asked.count == 1)
    }
}
