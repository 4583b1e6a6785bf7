import ActorRuntime
import Cart
import HTTPTypes
import Synchronization
import Testing

@testable import CartService

/// Merges of a session's cart into a customer's: whatever dies on the way, nothing is lost and nothing doubled.
@Suite struct RetailMergeTests {
    private static func carts(_ asker: some CartAsking) -> ForeignCarts<some CartAsking> {
        ForeignCarts(.retail, asker: asker, limits: CartLimits()) { moment }
    }

    private static var call: ForeignCall { ForeignCall(deadline: .now + .seconds(2)) }

    private static func add(_ shelf: Shelf, _ user: String, _ product: String, _ quantity: Int64) async throws
    {
        let item = ForeignItem(product: product, quantity: quantity, unitPrice: 150)
        try await carts(shelf).add(item, for: user, call)
    }

    private static func merge(_ asker: some CartAsking, _ guest: String = "s") async throws {
        try await carts(asker).merge(guest, into: "c", call)
    }

    /// What a user has, product by product.
    private static func stock(_ shelf: Shelf, _ user: String) async throws -> [String: Int64] {
        let items = try await carts(shelf).items(of: user, call)
        return Dictionary(items.map { ($0.product, $0.quantity) }, uniquingKeysWith: +)
    }

    private static func shelf(customer: Bool = true, _ limits: CartLimits = CartLimits()) async throws
        -> Shelf
    {
        let shelf = Shelf(limits: limits)
        try await add(shelf, "s", "apple", 2)
        try await add(shelf, "s", "pear", 3)
        if customer { try await add(shelf, "c", "apple", 5) }
        return shelf
    }

    @Test(arguments: [true, false])
    func `the session's items come to the customer's, and the session goes on with an empty cart`(
        customer: Bool
    ) async throws {
        let shelf = try await Self.shelf(customer: customer)
        let apples: Int64 = customer ? 7 : 2
        for round in 0..<3 {
            try await Self.merge(shelf)
            try await Self.merge(shelf)
            #expect(try await Self.stock(shelf, "s").isEmpty)
            let stock = try await Self.stock(shelf, "c")
            #expect(stock == ["apple": apples + Int64(round), "pear": 3])
            try await Self.add(shelf, "s", "apple", 1)
            #expect(try await Self.stock(shelf, "s") == ["apple": 1])
        }
    }

    @Test func `of an unknown or empty session nothing comes, not even a cart`() async throws {
        let shelf = Shelf()
        try await Self.merge(shelf)
        #expect(shelf.asked.allSatisfy { $0.command.isRead })
        try await Self.add(shelf, "s", "apple", 1)
        try await Self.carts(shelf).empty("s", Self.call)
        let before = shelf.asked.count
        try await Self.merge(shelf)
        #expect(shelf.asked.dropFirst(before).allSatisfy { $0.command.isRead })
        try await Self.add(shelf, "c", "apple", 1)
        try await Self.merge(shelf, "c")
        #expect(try await Self.stock(shelf, "c") == ["apple": 1])
    }

    @Test(arguments: Fault.allCases, [true, false])
    func `killed at any step, it is completed by its retry, and late steps do no harm`(
        fault: Fault,
        customer: Bool
    ) async throws {
        let all: [String: Int64] = ["apple": customer ? 7 : 2, "pear": 3]
        var place = 0
        while true {
            let shelf = try await Self.shelf(customer: customer)
            let way = FaultyWay(to: shelf, fault, at: place)
            let refusal: Refusal?
            do {
                try await Self.merge(way)
                refusal = nil
            } catch let error as Refusal {
                refusal = error
            }
            if way.asks <= place {
                #expect(refusal == nil)
                break
            }
            #expect(refusal?.kind == .sessionLost, "killed at ask \(place)")
            try await Self.merge(shelf)
            #expect(try await Self.stock(shelf, "c") == all, "killed at ask \(place)")
            #expect(try await Self.stock(shelf, "s").isEmpty, "killed at ask \(place)")
            // What the session buys next is nobody's to delete.
            try await Self.add(shelf, "s", "plum", 4)
            try await way.deliver()
            #expect(try await Self.stock(shelf, "c") == all, "killed at ask \(place)")
            #expect(try await Self.stock(shelf, "s") == ["plum": 4], "killed at ask \(place)")
            try await Self.merge(shelf)
            #expect(try await Self.stock(shelf, "c") == all.merging(["plum": 4], uniquingKeysWith: +))
            #expect(try await Self.stock(shelf, "s").isEmpty)
            place += 1
        }
        // Look, look, rehearse, close, take, finish, look, delete; and to make the customer's cart and begin anew.
        #expect(place == (customer ? 8 : 12))
    }

    @Test(arguments: 0..<9)
    func `the same merge twice at a time is one merge`(place: Int) async throws {
        let shelf = try await Self.shelf()
        let way = HookedWay(to: shelf, before: place) {
            try await Self.merge(shelf)
            try await Self.add(shelf, "s", "plum", 4)
        }
        try await Self.merge(way)
        try await Self.merge(shelf)
        let bought: [String: Int64] = place < 8 ? ["plum": 4] : [:]
        #expect(try await Self.stock(shelf, "s").isEmpty)
        let all: [String: Int64] = ["apple": 7, "pear": 3]
        #expect(try await Self.stock(shelf, "c") == all.merging(bought, uniquingKeysWith: +))
    }

    @Test func `a session goes on though nobody cleared its merged cart away`() async throws {
        for isFilled in [true, false] {
            let shelf = try await Self.shelf()
            let way = FaultyWay(to: shelf, .before, at: 7)
            await #expect(throws: Refusal.self) { try await Self.merge(way) }
            #expect(try await Self.stock(shelf, "s").isEmpty)
            if isFilled {
                try await Self.add(shelf, "s", "plum", 4)
                #expect(try await Self.stock(shelf, "s") == ["plum": 4])
            } else {
                try await Self.carts(shelf).empty("s", Self.call)
            }
        }
    }

    @Test func `what is on the way to one customer is neither changed nor another's`() async throws {
        let shelf = try await Self.shelf()
        let way = FaultyWay(to: shelf, .before, at: 4)
        await #expect(throws: Refusal.self) { try await Self.merge(way) }
        #expect(try await Self.stock(shelf, "s") == ["apple": 2, "pear": 3])
        let carts = Self.carts(shelf)
        let attempts: [@Sendable () async throws -> Void] = [
            { try await carts.merge("s", into: "d", Self.call) },
            { try await carts.empty("s", Self.call) },
            { try await carts.remove("pear", for: "s", Self.call) },
            { _ = try await carts.set("pear", quantity: 1, unitPrice: nil, for: "s", Self.call) },
            { try await Self.add(shelf, "s", "plum", 1) },
        ]
        for attempt in attempts {
            let refusal = await #expect(throws: Refusal.self) { try await attempt() }
            #expect(refusal?.kind == .cartMerged)
        }
        try await Self.merge(shelf)
        #expect(try await Self.stock(shelf, "c") == ["apple": 7, "pear": 3])
    }

    @Test func `a customer's cart without room refuses, and the session keeps its own`() async throws {
        var limits = CartLimits()
        limits.quantity = 6
        let shelf = try await Self.shelf(limits)
        let refusal = await #expect(throws: Refusal.self) { try await Self.merge(shelf) }
        #expect(refusal?.kind == .limitReached)
        #expect(refusal?.field == .mergeSource)
        #expect(try await Self.stock(shelf, "s") == ["apple": 2, "pear": 3])
        #expect(try await Self.stock(shelf, "c") == ["apple": 5])
    }
}
