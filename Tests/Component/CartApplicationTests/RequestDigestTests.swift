import Cart
import CartTesting
import Testing

@testable import CartApplication

/// Digests are stored: they can never be computed otherwise.
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
        #expect(hexadecimal(RequestDigest.of(.addLine(item))) == "6b0aaa152176e63819521e8fff275fa")
        let create = RequestDigest.of(.create(currency: nil), hasGeneratedID: true)
        #expect(hexadecimal(create) == "7447a7d16b34fece86eaa915c2285fb1")
    }

    @Test func `requests that differ in anything but their time differ`() throws {
        let euro = try Currency("EUR")
        func item(
            _ sku: String = "a",
            name: String? = nil,
            quantity: Int64 = 1,
            price: Int64 = 1,
            currency: Currency? = nil,
            attributes: [(key: String, value: String)] = []
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
            item(), item("b"), item("a", name: "b"), item("ab"), item("a", name: nil, quantity: 2),
            item("a", name: nil, quantity: 1, price: 2),
            item("a", name: nil, quantity: 1, price: 1, currency: dollar),
            item("a", name: nil, quantity: 1, price: 1, currency: nil, attributes: [("b", "")]),
            item("a", name: nil, quantity: 1, price: 1, currency: nil, attributes: [("b", "c")]),
            item("a", name: nil, quantity: 1, price: 1, currency: nil, attributes: [("bc", "")]),
            item("a", name: nil, quantity: 1, price: 1, currency: nil, attributes: [("b", ""), ("c", "")]),
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
            .actions([.clear]), .setCurrency(euro),
            .setCurrency(dollar), .actions([.clear, .clear]), .actions([.setDetails(DetailsChange())]),
            .checkOut(OrderID(try CartID("a"))), .cancelCheckout, take(1), take(2), .finishHandOver(offer),
            .declineMerge(offer), .undoHandOver(offer), .handOver(mergeRequest, basis: 1),
        ]
        let seen = Set(changes.map { RequestDigest.of($0) })
        #expect(seen.count == changes.count)
        #expect(!seen.contains(RequestDigest.of(.create(currency: nil), hasGeneratedID: true)))
    }

    @Test func `what each copy of a request has another of does not make it another request`() throws {
        func of(_ change: CartCommand.Change) -> UInt128 {
            RequestDigest.of(change)
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
            hexadecimal(RequestDigest.of(.actions(actions))) == "89b9688105c90be4980a182545221a4e"
        )
        let order = CartCommand.Change.checkOut(OrderID(try CartID("a")))
        #expect(hexadecimal(RequestDigest.of(order)) == "21e9972a46262f1e5756434867a6b45d")
    }
}
