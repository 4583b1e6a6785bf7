import Cart
import CartActor
import CartTesting
import Foundation
import Testing

@testable import CartApplication

/// Other shops' ids, which lie among our own in an escaped form.
@Suite struct CartNamespaceTests {
    static let texts = [
        "u", "a b", "user@example.com", "{x}", "}{", "a/../b", "%7B", "~", "~~41", "é", "日本", "🛒", "\0",
        "\r\n", ".", "..",
        "A-Z_a.z0", "~hipstershop~a", "+2F", "a:b",
    ]

    @Test func `escaping is percent-encoding with another sign, whatever the text`() throws {
        var generator = ValueGenerator(seed: 5)
        for text in Self.texts + (0..<500).map({ _ in generator.text() }) {
            let word = try #require(EscapedText.escape(text, maximum: 1_000))
            #expect(word.replacing("~", with: "%").removingPercentEncoding == text)
            #expect(word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(!word.contains("{") && !word.contains("}") && !word.contains("%"))
        }
    }

    @Test func `no two texts come to the same`() throws {
        let words = Self.texts.compactMap { EscapedText.escape($0, maximum: 1_000) }
        #expect(Set(words).count == Self.texts.count)
        // Composed and decomposed: equal for Swift, two ids for a shop.
        #expect(EscapedText.escape("\u{E9}", maximum: 9) != EscapedText.escape("e\u{301}", maximum: 9))
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
}
