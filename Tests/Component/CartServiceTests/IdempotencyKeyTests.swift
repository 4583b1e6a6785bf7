import Cart
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CartActor
@testable import CartApplication
@testable import CartHTTP

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
        #expect(throws: RequestError.self) {
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
        #expect(throws: RequestError.self) { try IdempotencyKey.read(fields) }
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
                let reply = try await caller.send(method, path, body, [.idempotencyKey: field])
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
        let demand = Precondition.versions([3, 4])
        #expect(
            hexadecimal(RequestDigest.of(.addLine(item), demand, hasGeneratedID: false))
                == "4533d2b7305c4d860fd4f93631a3c4ee"
        )
        let create = RequestDigest.of(.create(currency: nil), .any, hasGeneratedID: true)
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
        func details<Value>(
            _ place: WritableKeyPath<DetailsChange, DetailsChange.Patch<Value>>,
            _ patch: DetailsChange.Patch<Value>
        ) -> CartCommand.Change {
            var change = DetailsChange()
            change[keyPath: place] = patch
            return .setDetails(change)
        }
        let offer = MergeOffer(digest: 1, attempt: 1, basis: 1)
        let mergeRequest = MergeRequest(
            id: "m",
            source: try CartID("a"),
            target: try CartID("b"),
            strategy: .add
        )
        func take(_ digest: UInt128) -> CartCommand.Change {
            let offer = MergeOffer(digest: digest, attempt: 1, basis: 1)
            return .takeOver(offer, .add, lines: [], currency: nil)
        }
        let changes: [CartCommand.Change] = [
            .create(currency: nil), .create(currency: euro), .create(currency: dollar),
            .setQuantity(LineID(1), 0), .setQuantity(LineID(1), 1), .setQuantity(LineID(2), 1),
            .removeLine(LineID(1)), .removeLine(LineID(2)), .clear, .delete,
            item(), item("b"), item("a", "b"), item("ab"), item("a", nil, 2), item("a", nil, 1, 2),
            item("a", nil, 1, 1, dollar), item("a", nil, 1, 1, nil, [("b", "")]),
            item("a", nil, 1, 1, nil, [("b", "c")]), item("a", nil, 1, 1, nil, [("bc", "")]),
            item("a", nil, 1, 1, nil, [("b", ""), ("c", "")]),
            .create(currency: nil, expiresIn: 60), .create(currency: euro, expiresIn: 60),
            .create(currency: euro, expiresIn: 61), .setDetails(DetailsChange()), details(\.note, .unset),
            details(\.note, .set("a")), details(\.customer, .set("a")), details(\.email, .set("a")),
            details(\.discountCodes, .set([])), details(\.discountCodes, .set(["a"])),
            details(\.attributes, .set([])), details(\.attributes, .set([.init(key: "a", value: nil)])),
            details(\.attributes, .set([.init(key: "a", value: "")])), details(\.expiresIn, .set(60)),
            .setPrice(LineID(1), Money(minorUnits: 1, currency: euro)),
            .setPrice(LineID(1), Money(minorUnits: 1, currency: dollar)),
            .setPrice(LineID(2), Money(minorUnits: 1, currency: euro)), .takeOut([]),
            .takeOut([LineQuantity(LineID(1), 1)]), .takeOut([LineQuantity(LineID(1), 2)]), .actions([]),
            .actions([.clear]), .actions([.clear, .clear]), .actions([.setDetails(DetailsChange())]),
            .checkOut(OrderID(try CartID("a"))), .cancelCheckout, take(1), take(2), .finishHandOver(offer),
            .declineMerge(offer), .undoHandOver(offer), .handOver(mergeRequest, basis: 1),
        ]
        let demands: [Precondition] = [
            .any, .exists, .versions([]), .versions([1]),
            .versions([1, 2]),
        ]
        var seen: Set<UInt128> = []
        for change in changes {
            for demand in demands { seen.insert(RequestDigest.of(change, demand, hasGeneratedID: false)) }
        }
        #expect(seen.count == changes.count * demands.count)
        #expect(!seen.contains(RequestDigest.of(.create(currency: nil), .any, hasGeneratedID: true)))
    }

    @Test func `what each copy of a request has another of does not make it another request`() throws {
        func of(_ change: CartCommand.Change) -> UInt128 {
            RequestDigest.of(change, .any, hasGeneratedID: false)
        }
        #expect(of(.checkOut(OrderID(try CartID("a")))) == of(.checkOut(OrderID(try CartID("b")))))
        let line = Line(id: LineID(1), sku: "a", name: nil, quantity: 1, unitPrice: 1, addedAt: moment)
        let (early, late) = (
            MergeOffer(digest: 1, attempt: 2, basis: 3), MergeOffer(digest: 1, attempt: 5, basis: 4)
        )
        #expect(
            of(.takeOver(early, .add, lines: [line], currency: nil))
                == of(.takeOver(late, .add, lines: [], currency: nil))
        )
        var (codes, same) = (DetailsChange(), DetailsChange())
        codes.discountCodes = .set(["b", "a", "b"])
        same.discountCodes = .set(["a", "b"])
        #expect(of(.setDetails(codes)) == of(.setDetails(same)))
    }

    @Test func `digests of what is newer are what they were in every build`() throws {
        let mergeRequest = MergeRequest(
            id: "m",
            source: try CartID("a"),
            target: try CartID("b"),
            strategy: .max
        )
        func hexadecimal(_ number: UInt128) -> String { String(number, radix: 16) }
        #expect(hexadecimal(mergeRequest.digest) == "5a475cabff32975b888bb1a348b3366c")
        var details = DetailsChange()
        details.note = .set("n")
        details.email = .unset
        let actions: [CartCommand.Change] = [
            .setDetails(details), .setPrice(LineID(1), Money(minorUnits: 1, currency: try Currency("EUR"))),
            .takeOut([LineQuantity(LineID(1), 1)]),
        ]
        #expect(
            hexadecimal(RequestDigest.of(.actions(actions), .any, hasGeneratedID: false))
                == "89b9688105c90be4980a182545221a4e"
        )
        let checkout = RequestDigest.of(.checkOut(OrderID(try CartID("a"))), .exists, hasGeneratedID: false)
        #expect(hexadecimal(checkout) == "74f12fdf9b959ccc513f353e7423a925")
    }
}
