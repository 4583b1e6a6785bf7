import Testing

@testable import Cart

/// The validation of a command alone: a limit is accepted, one more is refused, before any cart is looked at.
@Suite struct ValidationTests {
    /// The rejection of the item, or nil; checks that the decider agrees, also where there is no cart.
    func refusal(_ item: NewItem) throws -> CartRejection? {
        let change = CartCommand.Change.addLine(item)
        do throws(CartRejection) {
            try CartCommand.change(change, at: t0).validate(CartLimits())
        } catch {
            #expect(Subject().refusal(change) == error)
            #expect(try Subject.open().refusal(change) == error)
            return error
        }
        #expect(try Subject.open().refusal(change) == nil)
        return nil
    }

    @Test func `a SKU is any text of 1 to 128 bytes without control characters`() throws {
        for good in [
            String(repeating: "a", count: 128), String(repeating: "é", count: 64), "Az09-_.:/+", " ", "%2F",
            "..",
            "KDP 601 (blau)#2", "Größe-42", "茶", "a,b", "\"\\'{}", "👩‍👩‍👧", "e\u{301}", "\u{2028}",
        ] {
            #expect(try refusal(item(good)) == nil, "\(good)")
        }
        #expect(try refusal(item("")) == .invalid(.sku, .empty))
        #expect(
            try refusal(item(String(repeating: "é", count: 64) + "x"))
                == .invalid(.sku, .tooLong(maximum: 128, actual: 129))
        )
        for bad in ["é\u{0}", "é\n", "é\t", "é\u{7F}", "é\u{9F}"] {
            #expect(try refusal(item(bad)) == .invalid(.sku, .forbiddenCharacter(offset: 2)), "\(bad)")
        }
    }

    @Test func `a name has 1 to 256 bytes without control characters`() throws {
        #expect(try refusal(item(name: String(repeating: "é", count: 128))) == nil)
        #expect(try refusal(item(name: "")) == .invalid(.name, .empty))
        #expect(
            try refusal(item(name: String(repeating: "é", count: 128) + "x"))
                == .invalid(.name, .tooLong(maximum: 256, actual: 257))
        )
        for bad in ["é\u{0}", "é\n", "é\u{1F}", "é\u{7F}", "é\u{80}", "é\u{9F}", "é\r\n"] {
            #expect(try refusal(item(name: bad)) == .invalid(.name, .forbiddenCharacter(offset: 2)), "\(bad)")
        }
        #expect(try refusal(item(name: "é\u{A0}👩‍👩‍👧 x")) == nil)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 9_999, 10_000, 4_294_967_297, .max])
    func `an added quantity is 1 to 9999`(quantity: Int64) throws {
        let fieldError = CartRejection.FieldError.outOfRange(minimum: 1, maximum: 9_999, actual: quantity)
        let expected = (1...9_999).contains(quantity) ? nil : CartRejection.invalid(.quantity, fieldError)
        #expect(try refusal(item("apple", quantity)) == expected)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 9_999, 10_000, 4_294_967_297, .max])
    func `a set quantity is 0 to 9999`(quantity: Int64) throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item()))
        let fieldError = CartRejection.FieldError.outOfRange(minimum: 0, maximum: 9_999, actual: quantity)
        let expected = (0...9_999).contains(quantity) ? nil : CartRejection.invalid(.quantity, fieldError)
        #expect(subject.refusal(.setQuantity(LineID(1), quantity)) == expected)
    }

    @Test(arguments: [Int64.min, -1, 0, 999_999_999_999, 1_000_000_000_000, .max])
    func `a unit price is 0 to 999999999999`(price: Int64) throws {
        let fieldError = CartRejection.FieldError.outOfRange(
            minimum: 0,
            maximum: 999_999_999_999,
            actual: price
        )
        let expected =
            (0...999_999_999_999).contains(price) ? nil : CartRejection.invalid(.unitPrice, fieldError)
        #expect(try refusal(item(at: price)) == expected)
    }

    @Test func `a currency that is not in use is refused in items and at creation`() throws {
        let unknown = CartRejection.invalid(.currency, .unknown)
        #expect(try refusal(item(in: "DEM")) == unknown)
        #expect(Subject().refusal(.create(currency: try currency("DEM"))) == unknown)
    }

    @Test func `a line has at most 16 attributes`() throws {
        func numbered(_ count: Int) throws -> NewItem {
            let pairs = (1...count).map { (key: "k\($0)", value: "v") }
            let price = Money(minorUnits: 1, currency: try currency("EUR"))
            return NewItem(sku: "a", quantity: 1, unitPrice: price, attributes: Attributes(pairs))
        }
        #expect(try refusal(numbered(16)) == nil)
        #expect(try refusal(numbered(17)) == .invalid(.attributes, .tooLong(maximum: 16, actual: 17)))
    }

    @Test func `an attribute's key has 1 to 64 characters of its alphabet and its value up to 256 bytes`()
        throws
    {
        func refusal(key: String, value: String) throws -> CartRejection? {
            let price = Money(minorUnits: 1, currency: try currency("EUR"))
            let attributes = Attributes([(key: key, value: value)])
            return try self.refusal(
                NewItem(sku: "a", quantity: 1, unitPrice: price, attributes: attributes)
            )
        }
        let long = String(repeating: "k", count: 64)
        #expect(try refusal(key: long, value: "") == nil)
        #expect(try refusal(key: "Az09_.-", value: String(repeating: "v", count: 256)) == nil)
        #expect(try refusal(key: "", value: "v") == .invalid(.attributeKey, .empty))
        #expect(
            try refusal(key: long + "k", value: "v")
                == .invalid(.attributeKey, .tooLong(maximum: 64, actual: 65))
        )
        for bad in ["a b", "a:b", "a~b", "aéb"] {
            #expect(
                try refusal(key: bad, value: "v") == .invalid(.attributeKey, .forbiddenCharacter(offset: 1)),
                "\(bad)"
            )
        }
        #expect(
            try refusal(key: "k", value: String(repeating: "v", count: 257))
                == .invalid(.attributeValue(key: "k"), .tooLong(maximum: 256, actual: 257))
        )
        #expect(
            try refusal(key: "k", value: "v\t")
                == .invalid(.attributeValue(key: "k"), .forbiddenCharacter(offset: 1))
        )
    }
}
