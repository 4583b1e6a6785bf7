import Testing

@testable import Cart

/// Ids of carts and lines.
@Suite struct IdentityTests {
    @Test func `a line's id is not given out again after remove, clear, or delete and create`() throws {
        var subject = try Subject.open()
        var given: [LineID] = []
        func add() throws {
            guard case .lineAdded(let id) = try subject.does(.addLine(item())) else {
                Issue.record("no new line")
                return
            }
            given.append(id)
        }
        try add()
        try subject.does(.removeLine(LineID(1)))
        try add()
        try subject.does(.setQuantity(LineID(2), 0))
        try add()
        try subject.does(.clear)
        try add()
        try subject.does(.delete)
        try subject.does(.create(currency: nil))
        try add()
        #expect(given == [1, 2, 3, 4, 5].map { LineID($0) })
    }

    @Test func `a stored state with a stale counter gives no id out twice`() throws {
        let line = Line(id: LineID(8), sku: "x", name: nil, quantity: 1, unitPrice: 1, addedAt: t0)
        let damaged = OpenCart(
            currency: nil,
            lines: [line],
            lastLine: LineID(2),
            createdAt: t0,
            updatedAt: t0
        )
        var subject = Subject(state: .open(damaged), version: 1)
        #expect(try subject.does(.addLine(item())) == .lineAdded(LineID(9)))
    }

    @Test func `a cart that has used up its line ids refuses new lines but not more of the old`() throws {
        let line = Line(id: LineID(.max), sku: "apple", name: nil, quantity: 1, unitPrice: 100, addedAt: t0)
        let spent = OpenCart(
            currency: nil,
            lines: [line],
            lastLine: LineID(.max),
            createdAt: t0,
            updatedAt: t0
        )
        var subject = Subject(state: .open(spent), version: 1)
        let refusal = CartRejection.limit(.lineIDs, maximum: 4_294_967_295, actual: 4_294_967_296)
        #expect(subject.refusal(.addLine(try item("other"))) == refusal)
        #expect(try subject.does(.addLine(item())) == .lineIncreased(LineID(.max)))
    }

    @Test func `a line's id is read in its one spelling`() throws {
        for number in [1, 42, UInt32.max] {
            #expect(try LineID(LineID(number).text) == LineID(number))
        }
        for bad in ["", "0", "01", "+1", "-1", " 1", "1 ", "4294967296", "a", "１"] {
            #expect(throws: CartRejection.invalid(.lineID, .malformed), "\(bad)") { try LineID(bad) }
        }
    }

    @Test func `a cart's id has 1 to 128 characters of its alphabet`() throws {
        let longest = String(repeating: "a", count: 128)
        for good in ["a", "Az09_.~-", "...", longest] {
            #expect(try CartID(good).text == good)
        }
        #expect(throws: CartRejection.invalid(.cartID, .empty)) { try CartID("") }
        #expect(throws: CartRejection.invalid(.cartID, .tooLong(maximum: 128, actual: 129))) {
            try CartID(longest + "a")
        }
        for bad in ["a{", "a}", "a:", "a/", "a%", "a ", "a\n", "aé", "a+", "a\u{0}"] {
            #expect(throws: CartRejection.invalid(.cartID, .forbiddenCharacter(offset: 1)), "\(bad)") {
                try CartID(bad)
            }
        }
        for step in [".", ".."] {
            #expect(throws: CartRejection.invalid(.cartID, .malformed)) { try CartID(step) }
        }
    }

    @Test func `a cart of another name space is none that a client can name`() throws {
        let cart = try CartID(space: "shop", name: "a~20b")
        #expect(cart.text == "~shop~a~20b")
        for reserved in [cart.text, "~", "~a"] {
            #expect(throws: CartRejection.invalid(.cartID, .forbiddenCharacter(offset: 0)), "\(reserved)") {
                try CartID(reserved)
            }
        }
        #expect(throws: CartRejection.invalid(.cartID, .empty)) { try CartID(space: "shop", name: "") }
        #expect(throws: CartRejection.invalid(.cartID, .forbiddenCharacter(offset: 6))) {
            try CartID(space: "shop", name: "{")
        }
        #expect(throws: CartRejection.invalid(.cartID, .tooLong(maximum: 128, actual: 129))) {
            try CartID(space: "shop", name: String(repeating: "a", count: 123))
        }
    }

    @Test func `128 random bits are 26 characters, each bit in its place`() throws {
        func text(high: UInt64, low: UInt64) -> String { CartID(randomHigh: high, randomLow: low).text }
        #expect(text(high: 0, low: 0) == String(repeating: "0", count: 26))
        #expect(text(high: .max, low: .max) == "7" + String(repeating: "z", count: 25))
        #expect(text(high: 0, low: 31).hasSuffix("0z") && text(high: 1 << 63, low: 0).hasPrefix("40"))
        var seen: Set<String> = []
        for bit in 0..<64 {
            seen.insert(text(high: 1 << bit, low: 0))
            seen.insert(text(high: 0, low: 1 << bit))
        }
        #expect(seen.count == 128)
        for id in seen { #expect(try CartID(id).text == id && id.count == 26) }
    }
}
