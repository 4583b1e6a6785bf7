import Cart
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CartService

/// The header, and what is made of it.
@Suite struct IdempotencyKeyTests {
    @Test(arguments: [
        ("a", "a"), ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ("\"a\"", "a"), (#""a\"b\\c""#, #"a"b\c"#), (#"a"b"#, #"a"b"#), (#"a\b"#, #"a\b"#),
        ("a,b;c=d", "a,b;c=d"), ("!~", "!~"), (String(repeating: "k", count: 255), nil),
        ("\"\(String(repeating: "k", count: 255))\"", String(repeating: "k", count: 255)),
    ])
    func `a key is read bare and in quotes`(field: String, text: String?) throws {
        let key = try IdempotencyKey.read([.idempotencyKey: field])
        #expect(key?.text == text ?? field)
    }

    static let malformed = [
        "", "\"\"", "\"", "\"a", "\"a\"b", "\"a\";p=1", "\"a\", \"b\"", "a b", "\"a b\"", "a\tb", "é",
        "\"é\"",
        #""a\b""#, #""a\"#, String(repeating: "k", count: 256),
        "\"\(String(repeating: "k", count: 256))\"",
    ]

    @Test(arguments: malformed)
    func `what can be no key is malformed`(field: String) {
        #expect(throws: RequestFlaw.malformedIdempotencyKey) {
            try IdempotencyKey.read([.idempotencyKey: field])
        }
    }

    @Test func `a key has visible characters only, whoever made it`() {
        for text in ["", "a\u{7F}", "a\n", "a b", "é", "a\u{0}", "\u{1F}"] {
            #expect(IdempotencyKey(text) == nil)
        }
    }

    @Test func `two keys are none, also if they are equal`() throws {
        var fields: HTTPFields = [:]
        #expect(try IdempotencyKey.read(fields) == nil)
        fields.append(HTTPField(name: .idempotencyKey, value: "a"))
        #expect(try IdempotencyKey.read(fields)?.text == "a")
        fields.append(HTTPField(name: .idempotencyKey, value: "a"))
        #expect(throws: RequestFlaw.malformedIdempotencyKey) { try IdempotencyKey.read(fields) }
    }

    @Test(arguments: ["", "\"a", "a b", "é", String(repeating: "k", count: 256)])
    func `a malformed key is refused before any cart is asked`(field: String) async throws {
        let shelf = Shelf()
        try await serve(shelf) { caller in
            for (method, path, body) in [
                (.post, "/v1/carts", nil), (.put, "/v1/carts/c", nil), (.delete, "/v1/carts/c", nil),
                (.post, "/v1/carts/c/lines", apple), (.delete, "/v1/carts/c/lines", nil),
                (.patch, "/v1/carts/c/lines/1", #"{"quantity":1}"#), (.delete, "/v1/carts/c/lines/1", nil),
            ] as [(HTTPRequest.Method, String, String?)] {
                let reply = try await caller.send(method, path, body, [.idempotencyKey: field])
                #expect(reply.status == 400)
                #expect(reply.problem == "malformed-header")
                #expect(reply.field == "Idempotency-Key")
            }
            #expect(shelf.asked.isEmpty)
        }
    }

    @Test func `a read overlooks whatever key it has`() async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            for method in [HTTPRequest.Method.get, .head] {
                let reply = try await caller.send(method, "/v1/carts/c", nil, [.idempotencyKey: "a b"])
                #expect(reply.status == 200)
                #expect(reply["Idempotency-Version"] == nil)
            }
        }
    }
}

/// What is stored of a request can never be reckoned otherwise.
@Suite struct RequestDigestTests {
    static let key = IdempotencyKey("8e03978e-40d5-43dd-bc93-6894a57f9324")

    @Test func `digests are what they were in every build`() throws {
        let key = try #require(Self.key)
        let item = NewItem(
            sku: "mug",
            name: "Mug ☕️",
            quantity: 3,
            unitPrice: Money(minorUnits: 1_999, currency: try Currency("EUR")),
            attributes: Attributes([(key: "color", value: "blue"), (key: "a", value: "")])
        )
        func hexadecimal(_ number: UInt128) -> String { String(number, radix: 16) }
        #expect(hexadecimal(RequestDigest.of(key)) == "f35fb59537cd98313e202ea8dcb9510c")
        #expect(hexadecimal(RequestDigest.ofCart(key)) == "802b0cf5413fb14574f8cd58618b02e")
        let demand = IfMatch.versions([3, 4], field: "")
        #expect(
            hexadecimal(RequestDigest.of(.addLine(item), demand, isDrawn: false))
                == "4533d2b7305c4d860fd4f93631a3c4ee"
        )
        let create = RequestDigest.of(.create(currency: nil), .absent, isDrawn: true)
        #expect(hexadecimal(create) == "7447a7d16b34fece86eaa915c2285fb1")
    }

    @Test func `requests that differ in anything but their time differ`() throws {
        let euro = try Currency("EUR")
        func item(
            _ sku: String = "a",
            _ name: String? = nil,
            _ quantity: Int64 = 1,
            _ price: Int64 = 1,
            _ currency: Currency? = nil,
            _ attributes: [(key: String, value: String)] = []
        ) -> CartCommand.Change {
            let price = Money(minorUnits: price, currency: currency ?? euro)
            let attributes = Attributes(attributes)
            return .addLine(
                NewItem(sku: sku, name: name, quantity: quantity, unitPrice: price, attributes: attributes)
            )
        }
        let dollar = try Currency("USD")
        let changes: [CartCommand.Change] = [
            .create(currency: nil), .create(currency: euro), .create(currency: dollar),
            .setQuantity(LineID(1), 0), .setQuantity(LineID(1), 1), .setQuantity(LineID(2), 1),
            .removeLine(LineID(1)), .removeLine(LineID(2)), .clear, .delete,
            item(), item("b"), item("a", "b"), item("ab"), item("a", nil, 2), item("a", nil, 1, 2),
            item("a", nil, 1, 1, dollar), item("a", nil, 1, 1, nil, [("b", "")]),
            item("a", nil, 1, 1, nil, [("b", "c")]), item("a", nil, 1, 1, nil, [("bc", "")]),
            item("a", nil, 1, 1, nil, [("b", ""), ("c", "")]),
        ]
        let demands: [IfMatch] = [
            .absent, .present, .versions([], field: "W/\"1\""), .versions([1], field: "\"1\""),
            .versions([1, 2], field: "\"1\",\"2\""),
        ]
        var seen: Set<UInt128> = []
        for change in changes {
            for demand in demands { seen.insert(RequestDigest.of(change, demand, isDrawn: false)) }
        }
        #expect(seen.count == changes.count * demands.count)
        #expect(!seen.contains(RequestDigest.of(.create(currency: nil), .absent, isDrawn: true)))
        let spelled = RequestDigest.of(.clear, .versions([1], field: " \"1\""), isDrawn: false)
        #expect(spelled == RequestDigest.of(.clear, .versions([1], field: "\"1\""), isDrawn: false))
    }

    @Test func `an operation without HTTP is the one that HTTP would make of it`() throws {
        let key = try #require(Self.key)
        #expect(CartOperation(key, .clear) == CartOperation(key, .clear, .absent))
        let demand = try IfMatch("\"7\"")
        #expect(CartOperation(key, .clear, expected: 7) == CartOperation(key, .clear, demand))
    }
}
