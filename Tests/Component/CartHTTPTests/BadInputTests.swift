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

    init(_ body: String, _ status: Int, problem: String, field: String) {
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
        at field: String
    ) -> BadBody {
        let body = "{\"sku\":\(sku),\"quantity\":\(quantity),\"unitPrice\":\(unitPrice)\(more)}"
        return BadBody(body, 422, problem: problem, field: field)
    }

    static func price(amount: String, currency: String, problem: String, at field: String) -> BadBody {
        line(unitPrice: "{\"amount\":\(amount),\"currency\":\(currency)}", problem, at: "/unitPrice" + field)
    }

    static let lines: [BadBody] = [
        .line(sku: "1", "wrong-type", at: "/sku"),
        .line(sku: "null", "wrong-type", at: "/sku"),
        .line(sku: #""""#, "invalid-field", at: "/sku"),
        .line(sku: #""a\u0000""#, "invalid-field", at: "/sku"),
        .line(sku: #""a\tb""#, "invalid-field", at: "/sku"),
        .line(sku: #""a\u0085""#, "invalid-field", at: "/sku"),
        .line(sku: "\"\(String(repeating: "a", count: 129))\"", "invalid-field", at: "/sku"),
        .line(sku: "\"\(String(repeating: "ä", count: 65))\"", "invalid-field", at: "/sku"),
        .line(quantity: "0", "invalid-field", at: "/quantity"),
        .line(quantity: "-1", "invalid-field", at: "/quantity"),
        .line(quantity: "10000", "invalid-field", at: "/quantity"),
        .line(quantity: "9223372036854775808", "invalid-field", at: "/quantity"),
        .line(quantity: "1.5", "wrong-type", at: "/quantity"),
        .line(quantity: "15e-1", "wrong-type", at: "/quantity"),
        .line(quantity: "1e4", "invalid-field", at: "/quantity"),
        .line(quantity: "1e999999999", "invalid-field", at: "/quantity"),
        .line(quantity: #""1""#, "wrong-type", at: "/quantity"),
        .line(quantity: "true", "wrong-type", at: "/quantity"),
        .line(quantity: "null", "wrong-type", at: "/quantity"),
        .line(quantity: "[1]", "wrong-type", at: "/quantity"),
        .line(unitPrice: "5", "wrong-type", at: "/unitPrice"),
        .line(unitPrice: "null", "wrong-type", at: "/unitPrice"),
        .line(unitPrice: "{}", "missing-field", at: "/unitPrice/amount"),
        .line(unitPrice: #"{"amount":1}"#, "missing-field", at: "/unitPrice/currency"),
        .line(unitPrice: #"{"amount":1,"currency":"EUR","vat":1}"#, "unknown-field", at: "/unitPrice/vat"),
        .price(amount: "-1", currency: #""EUR""#, problem: "invalid-field", at: "/amount"),
        .price(amount: "1000000000000", currency: #""EUR""#, problem: "invalid-field", at: "/amount"),
        .price(amount: "0.5", currency: #""EUR""#, problem: "wrong-type", at: "/amount"),
        .price(amount: "1", currency: "978", problem: "wrong-type", at: "/currency"),
        .price(amount: "1", currency: #""eur""#, problem: "invalid-field", at: "/currency"),
        .price(amount: "1", currency: #""EURO""#, problem: "invalid-field", at: "/currency"),
        .price(amount: "1", currency: #""XXX""#, problem: "invalid-field", at: "/currency"),
        .price(amount: "1", currency: #""""#, problem: "invalid-field", at: "/currency"),
        .line(more: #","name":7"#, "wrong-type", at: "/name"),
        .line(more: #","name":"""#, "invalid-field", at: "/name"),
        .line(more: #","name":"a\nb""#, "invalid-field", at: "/name"),
        .line(more: ",\"name\":\"\(String(repeating: "é", count: 129))\"", "invalid-field", at: "/name"),
        .line(more: #","attributes":[]"#, "wrong-type", at: "/attributes"),
        .line(more: #","attributes":{"a":1}"#, "wrong-type", at: "/attributes/a"),
        .line(more: #","attributes":{"a/b":1}"#, "wrong-type", at: "/attributes/a~1b"),
        .line(more: #","attributes":{"a b":"x"}"#, "invalid-field", at: "/attributes"),
        .line(more: #","attributes":{"":"x"}"#, "invalid-field", at: "/attributes"),
        .line(more: #","attributes":{"a":"\u0007"}"#, "invalid-field", at: "/attributes/a"),
        .line(
            more: ",\"attributes\":{\((0..<17).map { "\"k\($0)\":\"\"" }.joined(separator: ","))}",
            "invalid-field",
            at: "/attributes"
        ),
        .line(more: #","price":1"#, "unknown-field", at: "/price"),
        .line(more: #","Sku":"a""#, "unknown-field", at: "/Sku"),
        BadBody(
            #"{"quantity":1,"unitPrice":{"amount":1,"currency":"EUR"}}"#,
            422,
            problem: "missing-field",
            field: "/sku"
        ),
        BadBody(
            #"{"sku":"a","unitPrice":{"amount":1,"currency":"EUR"}}"#,
            422,
            problem: "missing-field",
            field: "/quantity"
        ),
        BadBody(#"{"sku":"a","quantity":1}"#, 422, problem: "missing-field", field: "/unitPrice"),
        BadBody(#"{"sku":"a","sku":"a"}"#, 400, problem: "malformed-json", field: "/sku"),
        BadBody(
            #"{"unitPrice":{"amount":1,"amount":2}}"#,
            400,
            problem: "malformed-json",
            field: "/unitPrice/amount"
        ),
        BadBody(#"{"sku":"\uD800"}"#, 400, problem: "malformed-json", field: "/sku"),
        BadBody(#"{"sku":[[[[[[[[[1]]]]]]]]]}"#, 400, problem: "malformed-json", field: "/sku/0/0/0/0/0/0/0"),
        BadBody("[]", 422, problem: "wrong-type", field: ""),
        BadBody("null", 422, problem: "wrong-type", field: ""),
        BadBody("{", 400, problem: "malformed-json", field: ""),
        BadBody("{} {}", 400, problem: "malformed-json", field: ""),
        BadBody("\u{FEFF}{}", 400, problem: "malformed-json", field: ""),
        BadBody("", 400, problem: "malformed-json", field: ""),
    ]
}

@Suite struct BadInputTests {
    @Test(arguments: BadBody.lines)
    func `a line that can be in no cart is refused by its field before any cart is asked`(bad: BadBody)
        async throws
    {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let reply = try await caller.send(.post, "/v1/carts/c/lines", body: bad.body)
            #expect(reply.status == bad.status)
            #expect(reply.problem == bad.problem)
            #expect(reply.field == bad.field)
            #expect(reply["Content-Type"] == "application/problem+json")
            #expect(backend.asked.isEmpty)
        }
    }

    @Test(arguments: [
        BadBody(#"{"quantity":-1}"#, 422, problem: "invalid-field", field: "/quantity"),
        BadBody(#"{"quantity":10000}"#, 422, problem: "invalid-field", field: "/quantity"),
        BadBody(#"{"quantity":1.5}"#, 422, problem: "wrong-type", field: "/quantity"),
        BadBody(#"{}"#, 422, problem: "missing-field", field: "/quantity"),
        BadBody(#"{"quantity":1,"sku":"a"}"#, 422, problem: "unknown-field", field: "/sku"),
        BadBody("", 400, problem: "malformed-json", field: ""),
    ])
    func `a bad quantity is refused by its field before any cart is asked`(bad: BadBody) async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let reply = try await caller.send(.patch, "/v1/carts/c/lines/1", body: bad.body)
            #expect(reply.status == bad.status)
            #expect(reply.problem == bad.problem)
            #expect(reply.field == bad.field)
            #expect(backend.asked.isEmpty)
        }
    }

    @Test(arguments: [
        BadBody(#"{"currency":1}"#, 422, problem: "wrong-type", field: "/currency"),
        BadBody(#"{"currency":"XYZ"}"#, 422, problem: "invalid-field", field: "/currency"),
        BadBody(#"{"currency":"éé"}"#, 422, problem: "invalid-field", field: "/currency"),
        BadBody(#"{"id":"x"}"#, 422, problem: "unknown-field", field: "/id"),
        BadBody("x", 400, problem: "malformed-json", field: ""),
    ])
    func `a bad creation is refused by its field before any cart is asked`(bad: BadBody) async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let replies = [
                try await caller.send(.post, "/v1/carts", body: bad.body),
                try await caller.send(.put, "/v1/carts/c", body: bad.body),
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
            let reply = try await caller.send(.post, "/v1/carts/c/lines", body: apple, type: type)
            #expect(reply.status == 415)
            #expect(reply.problem == "unsupported-media-type")
        }
    }

    @Test(arguments: [
        "application/json", "Application/JSON ; charset=UTF-8", "application/json;charset=\"utf-8\"; v=1",
    ])
    func `JSON is known by its name in any spelling`(type: String) async throws {
        try await serve { caller async throws in
            #expect(try await caller.send(.put, "/v1/carts/c", body: "{}", type: type).status == 201)
        }
    }

    @Test func `a body of the limit is read and one byte more is not`() async throws {
        try await serve { caller in
            let body = apple + String(repeating: " ", count: 64 * 1024 - apple.utf8.count)
            _ = try await caller.send(.put, "/v1/carts/c")
            #expect(try await caller.send(.post, "/v1/carts/c/lines", body: body).status == 201)
            let reply = try await caller.send(.post, "/v1/carts/c/lines", body: body + " ")
            #expect(reply.status == 413)
            #expect(reply.problem == "body-too-large")
        }
    }

    @Test func `a creation without a body may declare one`() async throws {
        try await serve { caller async throws in
            #expect(try await caller.send(.put, "/v1/carts/c", body: "").status == 201)
            #expect(try await caller.send(.put, "/v1/carts/d", body: "{}").status == 201)
            #expect(try await caller.send(.put, "/v1/carts/e", body: #"{"currency":null}"#).status == 201)
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
