import ActorRuntime
import Cart
import CartActor
import CartTesting
import Testing

@testable import CartApplication

/// Carts of users who never create one.
@Suite struct DemoShopCartsTests {
    let backend = InMemoryCarts()

    private func carts(_ space: CartNamespace = .hipstershop) -> DemoShopCarts<InMemoryCarts> {
        DemoShopCarts(space, application(backend))
    }

    private func call(_ key: String? = nil) -> CallContext {
        CallContext(deadline: .now + .seconds(2), key: key.flatMap(IdempotencyKey.init), trace: nil)
    }

    private func item(_ product: String, _ quantity: Int64, at price: Int64 = 0) -> DemoShopItem {
        DemoShopItem(product: product, quantity: quantity, unitPrice: price)
    }

    @Test func `an unknown user has nothing, and being asked for makes no cart`() async throws {
        #expect(try await carts().items(of: "u", call()).isEmpty)
        try await carts().empty("u", call())
        for asked in backend.asked { #expect(!asked.command.mayCreate) }
        #expect(backend.asked.count == 2)
    }

    @Test func `adding sums quantities and keeps the order`() async throws {
        for (product, quantity) in [("b", 1), ("a", 2), ("b", 3)] as [(String, Int64)] {
            try await carts().add(item(product, quantity), for: "u", call())
        }
        #expect(try await carts().items(of: "u", call()) == [item("b", 4), item("a", 2)])
    }

    @Test func `an emptied cart is empty, and can be filled again`() async throws {
        try await carts().add(item("a", 1), for: "u", call())
        try await carts().empty("u", call())
        #expect(try await carts().items(of: "u", call()).isEmpty)
        try await carts().add(item("a", 5), for: "u", call())
        #expect(try await carts().items(of: "u", call()) == [item("a", 5)])
    }

    @Test func `a cart that was deleted is made anew by what is put into it`() async throws {
        let id = try CartNamespace.hipstershop.cart(of: "u").text
        backend.put(id, .deleted(at: moment, lastLine: LineID(7)), sequence: 9)
        #expect(try await carts().items(of: "u", call()).isEmpty)
        try await carts().add(item("a", 1), for: "u", call())
        #expect(try await carts().items(of: "u", call()) == [item("a", 1)])
    }

    @Test func `a product's id is its SKU, whatever text it is`() async throws {
        let products = [
            "KDP 601 (blau)#2", "Größe-42", "茶", "a,b", "a+20b", "a%20b", "~", "a/b", "\u{E9}", "e\u{301}",
            String(repeating: "é", count: 64),
        ]
        for space in CartNamespace.allCases {
            let carts = carts(space)
            for product in products { try await carts.add(item(product, 2), for: "u", call()) }
            let stored = backend.cart(try space.cart(of: "u").text).cart?.lines.map { Array($0.sku.utf8) }
            #expect(stored == products.map { Array($0.utf8) })
            let items = try await carts.items(of: "u", call())
            #expect(items.count == products.count && zip(items, products).allSatisfy { $0.isOf($1) })
            try await carts.remove("e\u{301}", for: "u", call())
            #expect(try await carts.items(of: "u", call()).map(\.quantity) == Array(repeating: 2, count: 10))
            #expect(try await carts.items(of: "u", call()).contains { $0.isOf("\u{E9}") })
        }
    }

    @Test func `users of one name in two shops have a cart each`() async throws {
        try await carts(.hipstershop).add(item("a", 1), for: "u", call())
        #expect(try await carts(.oteldemo).items(of: "u", call()).isEmpty)
        #expect(try await carts(.retail).items(of: "u", call()).isEmpty)
    }

    @Test func `what can be in no cart is refused by its field, and nobody is asked`() async throws {
        let bad: [(DemoShopItem, String, Refusal.FieldName)] = [
            (item("a", 1), "", .cart), (item("a", 1), String(repeating: "u", count: 200), .cart),
            (item("", 1), "u", .sku), (item(String(repeating: "p", count: 129), 1), "u", .sku),
            (item("a\0", 1), "u", .sku), (item("a\n", 1), "u", .sku),
            (item("a", 0), "u", .quantity), (item("a", -1), "u", .quantity),
            (item("a", 10_000), "u", .quantity), (item("a", .max), "u", .quantity),
            (item("a", 1, at: -1), "u", .unitPrice), (item("a", 1, at: .max), "u", .unitPrice),
        ]
        for (item, user, field) in bad {
            let refusal = await #expect(throws: Refusal.self) {
                try await carts().add(item, for: user, call())
            }
            #expect(refusal?.field == .named(field))
            #expect([.invalidID, .invalidField].contains(refusal?.kind))
        }
        #expect(backend.asked.isEmpty)
    }

    @Test func `a sum beyond the limit is refused and changes nothing`() async throws {
        try await carts().add(item("a", 9_999), for: "u", call())
        let refusal = await #expect(throws: Refusal.self) {
            try await carts().add(item("a", 1), for: "u", call())
        }
        #expect(refusal?.kind == .limitReached)
        #expect(refusal?.field == .named(.quantity))
        #expect(try await carts().items(of: "u", call()) == [item("a", 9_999)])
    }

    @Test
    func `a client that has a key may add again without adding twice, also where the cart was made for it`()
        async throws
    {
        for _ in 0..<3 { try await carts().add(item("a", 2), for: "u", call("key")) }
        #expect(try await carts().items(of: "u", call()) == [item("a", 2)])
        let refusal = await #expect(throws: Refusal.self) {
            try await carts().add(item("a", 3), for: "u", call("key"))
        }
        #expect(refusal?.kind == .idempotencyKeyReused)
    }

    @Test(arguments: HostFailure.Reason.allCases)
    func `trouble is passed on as it is`(reason: HostFailure.Reason) async throws {
        backend.fail(reason)
        let refusal = await #expect(throws: Refusal.self) { try await carts().items(of: "u", call()) }
        #expect(refusal?.kind.rawValue == reason.rawValue)
        #expect(refusal?.retryAdvice?.outcome == .unknown)
    }

    @Test func `a product keeps its price when more of it comes at another`() async throws {
        let carts = carts(.retail)
        #expect(try await carts.add(item("a", 1, at: 100), for: "u", call("k1")) == item("a", 1, at: 100))
        #expect(try await carts.add(item("a", 2, at: 250), for: "u", call("k2")) == item("a", 3, at: 100))
        // Sent again, though the price that it was read with is not known any more.
        #expect(try await carts.add(item("a", 2, at: 250), for: "u", call("k2")) == item("a", 3, at: 100))
    }

    @Test(arguments: [(100, 7), (250, 7), (nil, 7), (250, 3)] as [(Int64?, Int64)])
    func `setting a quantity and a price comes to just that, however often`(price: Int64?, quantity: Int64)
        async throws
    {
        let carts = carts(.retail)
        try await carts.add(item("a", 3, at: 100), for: "u", call())
        try await carts.add(item("b", 1, at: 5), for: "u", call())
        for _ in 0..<2 {
            let before = backend.asked.count
            #expect(try await carts.set("a", quantity: quantity, unitPrice: price, for: "u", call()))
            // One look and one change.
            #expect(backend.asked.count == before + 2)
            let items = try await carts.items(of: "u", call())
            #expect(items.contains(item("a", quantity, at: price ?? 100)))
            #expect(items.contains(item("b", 1, at: 5)))
            #expect(items.count == 2)
        }
        #expect(try await !carts.set("c", quantity: 1, unitPrice: nil, for: "u", call()))
    }

    @Test
    func `a product in two lines, as former builds left it half-way, shows one item and is set to one line`()
        async throws
    {
        try putTwoLines()
        let carts = carts(.retail)
        #expect(try await carts.items(of: "u", call()) == [item("a", 10, at: 250)])
        #expect(try await carts.set("a", quantity: 7, unitPrice: 250, for: "u", call()))
        #expect(try await carts.items(of: "u", call()) == [item("a", 7, at: 250)])
    }

    @Test(
        arguments: [(9_999, 1, 1, 999_999_999_999), (1, 999_999_999_999, 9_999, 1)]
            as [(Int64, Int64, Int64, Int64)]
    )
    func `a quantity and a price are set together though one alone would be too much`(
        quantity: Int64,
        price: Int64,
        newQuantity: Int64,
        newPrice: Int64
    ) async throws {
        let carts = carts(.retail)
        try await carts.add(item("a", quantity, at: price), for: "u", call())
        #expect(try await carts.set("a", quantity: newQuantity, unitPrice: newPrice, for: "u", call()))
        #expect(try await carts.items(of: "u", call()) == [item("a", newQuantity, at: newPrice)])
    }

    /// A cart that holds one product in two lines, at two prices.
    private func putTwoLines() throws {
        let dollar = try Currency("USD")
        let lines = [(1, 100, 3), (2, 250, 7)].map { id, price, quantity in
            Line(
                id: LineID(UInt32(id)),
                sku: "a",
                name: nil,
                quantity: Int32(quantity),
                unitPrice: Int64(price),
                addedAt: moment
            )
        }
        let cart = OpenCart(
            currency: dollar,
            lines: lines,
            lastLine: LineID(2),
            createdAt: moment,
            updatedAt: moment
        )
        backend.put(try CartNamespace.retail.cart(of: "u").text, .open(cart), sequence: 3)
    }

    @Test func `a product in two lines is taken out by one commit, or not at all`() async throws {
        for outcome in [HostFailure.Outcome.notApplied, .unknown] {
            try putTwoLines()
            let dispatcher = FaultyDispatcher(to: backend, .before, at: 1, telling: outcome)
            let refusal = await #expect(throws: Refusal.self) {
                try await DemoShopCarts(.retail, application(dispatcher)).remove("a", for: "u", call())
            }
            #expect(refusal?.retryAdvice?.outcome == outcome)
            #expect(try await carts(.retail).items(of: "u", call()) == [item("a", 10, at: 250)])
        }
        let before = backend.asked.count
        try await carts(.retail).remove("a", for: "u", call())
        // One look and one change.
        #expect(backend.asked.count == before + 2)
        #expect(try await carts(.retail).items(of: "u", call()).isEmpty)
    }

    @Test func `a product of which a line goes meanwhile is taken out all the same`() async throws {
        try putTwoLines()
        let id = ActorID(try CartNamespace.retail.cart(of: "u").text)
        let dispatcher = HookedDispatcher(to: backend, before: 1) {
            let removal = CartCommand.change(.removeLine(LineID(2)), at: moment)
            _ = try await backend.ask(id, removal, deadline: .now, trace: nil)
        }
        try await DemoShopCarts(.retail, application(dispatcher)).remove("a", for: "u", call())
        #expect(try await carts(.retail).items(of: "u", call()).isEmpty)
    }

    @Test func `removing takes a product out, and one that is not there is fine`() async throws {
        let carts = carts(.retail)
        try await carts.remove("a", for: "u", call())
        try await carts.add(item("a", 3, at: 100), for: "u", call())
        try await carts.remove("b", for: "u", call())
        try await carts.remove("a", for: "u", call())
        #expect(try await carts.items(of: "u", call()).isEmpty)
    }
}
