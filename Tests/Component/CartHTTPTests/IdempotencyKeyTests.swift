import Cart
import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CartHTTP

/// The header, and what is made of it.
@Suite struct IdempotencyKeyTests {
    @Test(arguments: [
        ("a", "a"), ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ("\"a\"", "a"), (#""a\"b\\c""#, #"a"b\c"#), (#"a"b"#, #"a"b"#), (#"a\b"#, #"a\b"#),
        ("a,b;c=d", "a,b;c=d"), ("!~", "!~"), (String(repeating: "k", count: 255), nil),
        ("\"\(String(repeating: "k", count: 255))\"", String(repeating: "k", count: 255)),
        ("\"order 42\"", "order 42"), ("\" \"", " "), ("\"a\"  ", "a"), ("\"k-1\";v=1", "k-1"),
        ("\"k\"; v=1", "k"), ("\"k\";a;*b-c.d_9=-12.345;t=Tok:en/*;s=\"x;\\\"y\";y=:aGk=:;z=?0", "k"),
        ("\"k\";d=@-1659578233;u=%\"caf%c3%a9\"", "k"),
    ])
    func `a key is read bare and in quotes`(field: String, text: String?) throws {
        let key = try IdempotencyKey.read(RequestFields([.idempotencyKey: field] as HTTPFields))
        #expect(key?.text == text ?? field)
    }

    static let malformed = [
        "", "\"\"", "\"", "\"a", "\"a\"b", "\"a\", \"b\"", "a b", "a\tb", "\"a\tb\"", "é", "\"é\"",
        "\"a\";", "\"a\";P=1", "\"a\" ;p=1", "\"a\";p=", "\"a\";p=1 q", "\"a\";1=p", "\"a\";p=1.2345",
        "\"a\";p=1.", "\"a\";p=1234567890123456", "\"a\";p=\"b", "\"a\";p=?2", "\"a\";p=:b", "\"a\";p=é",
        #""a\b""#, #""a\"#, String(repeating: "k", count: 256),
        "\"\(String(repeating: "k", count: 256))\"",
    ]

    @Test(arguments: malformed)
    func `what can be no key is malformed`(field: String) {
        #expect(throws: RequestError.self) {
            try IdempotencyKey.read(RequestFields([.idempotencyKey: field] as HTTPFields))
        }
    }

    @Test func `a key has printable characters only, whoever made it`() {
        for text in ["", "a\u{7F}", "a\n", "é", "a\u{0}", "\u{1F}"] { #expect(IdempotencyKey(text) == nil) }
        #expect(IdempotencyKey("a b")?.text == "a b")
    }

    @Test func `two keys are none, also if they are equal`() throws {
        var fields: HTTPFields = [:]
        #expect(try IdempotencyKey.read(RequestFields(fields)) == nil)
        fields.append(HTTPField(name: .idempotencyKey, value: "a"))
        #expect(try IdempotencyKey.read(RequestFields(fields))?.text == "a")
        fields.append(HTTPField(name: .idempotencyKey, value: "a"))
        #expect(throws: RequestError.self) { try IdempotencyKey.read(RequestFields(fields)) }
    }

    @Test(arguments: ["", "\"a", "a b", "é", String(repeating: "k", count: 256)])
    func `a malformed key is refused before any cart is asked`(field: String) async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            for (method, path, body) in [
                (.post, "/v1/carts", nil), (.put, "/v1/carts/c", nil), (.delete, "/v1/carts/c", nil),
                (.post, "/v1/carts/c/lines", apple), (.delete, "/v1/carts/c/lines", nil),
                (.patch, "/v1/carts/c/lines/1", #"{"quantity":1}"#), (.delete, "/v1/carts/c/lines/1", nil),
            ] as [(HTTPRequest.Method, String, String?)] {
                let reply = try await caller.send(method, path, body: body, headers: [.idempotencyKey: field])
                #expect(reply.status == 400)
                #expect(reply.problem == "malformed-header")
                #expect(reply.field == "Idempotency-Key")
            }
            #expect(backend.asked.isEmpty)
        }
    }

    @Test func `a read overlooks whatever key it has`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            for method in [HTTPRequest.Method.get, .head] {
                let reply = try await caller.send(
                    method,
                    "/v1/carts/c",
                    body: nil,
                    headers: [.idempotencyKey: "a b"]
                )
                #expect(reply.status == 200)
                #expect(reply["Idempotency-Version"] == nil)
            }
        }
    }
}
