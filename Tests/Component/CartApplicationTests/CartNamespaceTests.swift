import Cart
import CartActor
import CartTesting
import Testing

@testable import CartApplication

/// Other shops' ids, which lie among our own in an escaped form.
@Suite struct CartNamespaceTests {
    static let texts = [
        "u", "a b", "user@example.com", "{x}", "}{", "a/../b", "%7B", "~", "~~41", "é", "日本", "🛒", "\0",
        "\r\n", ".", "..",
        "A-Z_a.z0", "~hipstershop~a", "+2F", "a:b",
    ]

    @Test func `escaping is undone by restoring, whatever the text`() throws {
        var generator = ValueGenerator(seed: 5)
        for sign in ["~", "+"] as [Unicode.Scalar] {
            let escaped = EscapedText(sign: sign)
            for text in Self.texts + (0..<500).map({ _ in generator.text() }) {
                let word = try #require(escaped.escape(text, maximum: 1_000))
                #expect(escaped.restore(word) == text)
                #expect(word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
                #expect(!word.contains("{") && !word.contains("}") && !word.contains("%"))
            }
        }
    }

    @Test func `no two texts come to the same`() throws {
        let escaped = EscapedText(sign: "~")
        let words = Self.texts.compactMap { escaped.escape($0, maximum: 1_000) }
        #expect(Set(words).count == Self.texts.count)
        // Composed and decomposed: equal for Swift, two ids for a shop.
        #expect(escaped.escape("\u{E9}", maximum: 9) != escaped.escape("e\u{301}", maximum: 9))
    }

    @Test func `what was never escaped is left as it is`() {
        for text in ["~", "~4", "~zz", "a~", "~+1"] {
            #expect(EscapedText(sign: "~").restore(text) == text)
        }
    }

    @Test(arguments: CartNamespace.allCases)
    func `a user's cart is one that none of our clients can name, and no other shop either`(
        space: CartNamespace
    )
        throws
    {
        for text in Self.texts {
            let cart = try space.cart(of: text)
            #expect(cart.text.hasPrefix("~\(space.rawValue)~"))
            #expect(cart.text.utf8.count <= CartID.maximumLength)
            #expect(throws: CartRejection.invalid(.cartID, .forbiddenCharacter(offset: 0))) {
                try CartID(cart.text)
            }
            for other in CartNamespace.allCases where other != space {
                #expect(try other.cart(of: text) != cart)
            }
        }
    }

    @Test(arguments: CartNamespace.allCases)
    func `an id as long as there is room is taken, and a longer one is refused by its name`(
        space: CartNamespace
    )
        throws
    {
        let room = CartID.maximumLength - space.rawValue.count - 2
        #expect(try space.cart(of: String(repeating: "a", count: room)).text.count == CartID.maximumLength)
        #expect(try space.cart(of: String(repeating: "é", count: room / 6)).text.count <= 128)
        for long in [String(repeating: "a", count: room + 1), String(repeating: "é", count: room / 6 + 1)] {
            do {
                _ = try space.cart(of: long)
                Issue.record("taken: \(long.count)")
            } catch {
                #expect(error.kind == .invalidID)
                #expect(error.field == .named(.cart))
                #expect(error.detail.contains("\(room)"))
            }
        }
        #expect(throws: Refusal(.invalid(.cartID, .empty))) { try space.cart(of: "") }
    }

    @Test func `every product has a SKU of its own, and is found by it again`() throws {
        let limits = CartLimits()
        for text in Self.texts {
            let sku = try CartNamespace.sku(of: text, limits)
            #expect(CartNamespace.product(of: sku) == text)
            let item = NewItem(
                sku: sku,
                quantity: 1,
                unitPrice: Money(minorUnits: 0, currency: try Currency("USD"))
            )
            let command = CartCommand.change(.addLine(item), at: Timestamp(milliseconds: 0))
            #expect(throws: Never.self) { try command.validate(limits) }
        }
        #expect(throws: Refusal(.invalid(.sku, .empty))) { try CartNamespace.sku(of: "", limits) }
        #expect(throws: Refusal.self) { try CartNamespace.sku(of: String(repeating: "a", count: 65), limits) }
    }
}
