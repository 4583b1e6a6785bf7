import ActorRuntime
import Cart
import HTTPTypes
import Synchronization
import Testing

@testable import CartService

/// Merges that die between their steps, run twice, or meet others: nothing is lost and nothing doubled.
@Suite struct MergeStepTests {
    /// A shelf with cart s of 2 apples and 3 pears, and cart t of 5 apples, at most four lines each.
    static func shelf() async throws -> Shelf {
        var limits = CartLimits()
        limits.lines = 4
        limits.quantity = 20
        let shelf = Shelf(limits: limits)
        for (cart, items) in [("s", [("apple", 2), ("pear", 3)]), ("t", [("apple", 5)])] {
            _ = try await send(shelf, .put, "/v1/carts/\(cart)")
            for (sku, quantity) in items {
                #expect(try await add(shelf, cart, sku, quantity).status == 201)
            }
        }
        return shelf
    }

    static func send(
        _ asker: some CartAsking,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String? = nil,
        _ fields: HTTPFields = [:]
    ) async throws -> Reply {
        let reply = Mutex<Reply?>(nil)
        try await serve(asker) { caller in
            let answer = try await caller.send(method, path, body, fields)
            reply.withLock { $0 = answer }
        }
        return try #require(reply.withLock { $0 })
    }

    static func add(
        _ asker: some CartAsking,
        _ cart: String,
        _ sku: String,
        _ quantity: Int
    ) async throws -> Reply {
        let body = #"{"sku":"\#(sku)","quantity":\#(quantity),"unitPrice":{"amount":150,"currency":"EUR"}}"#
        return try await send(asker, .post, "/v1/carts/\(cart)/lines", body)
    }

    static func merge(
        _ asker: some CartAsking,
        _ source: String = "s",
        into target: String = "t",
        as id: String = "m",
        key: String? = nil
    ) async throws -> Reply {
        var fields: HTTPFields = [:]
        if let key { fields.append(HTTPField(name: .idempotencyKey, value: key)) }
        let body = #"{"from":"\#(source)","mergeId":"\#(id)"}"#
        return try await send(asker, .post, "/v1/carts/\(target)/merge", body, fields)
    }

    /// How many of each article lie in carts that their clients can use.
    static func stock(_ shelf: Shelf) -> [String: Int] {
        var stock: [String: Int] = [:]
        for cart in ["s", "t"] {
            for line in shelf.cart(cart).cart?.lines ?? [] {
                stock[line.sku, default: 0] += Int(line.quantity)
            }
        }
        return stock
    }

    static func isMerged(_ state: CartState) -> Bool {
        if case .merged(let cart) = state { cart.handover.target.text == "t" } else { false }
    }

    static let all = ["apple": 7, "pear": 3]

    @Test(arguments: Fault.allCases, [nil, "k-1"])
    func `killed at any step, a merge is completed by its retry, once`(fault: Fault, key: String?)
        async throws
    {
        var place = 0
        while true {
            let shelf = try await Self.shelf()
            let way = FaultyWay(to: shelf, fault, at: place)
            let first = try await Self.merge(way, key: key)
            if way.asks <= place { break }
            #expect(first.status == 503)
            let again = try await Self.merge(shelf, key: key)
            #expect(again.status == 200, "killed at ask \(place)")
            try await way.deliver()
            for _ in 0..<2 {
                #expect(Self.stock(shelf) == Self.all, "killed at ask \(place)")
                #expect(Self.isMerged(shelf.cart("s")), "killed at ask \(place)")
                #expect(try await Self.merge(shelf, key: key).status == 200)
            }
            place += 1
        }
        #expect(place == 5)
    }

    @Test(arguments: Fault.allCases)
    func `killed at any step on the way back, a merge is refused and both carts are open`(fault: Fault)
        async throws
    {
        var place = 0
        while true {
            let shelf = try await Self.shelf()
            // Between the rehearsal and the taking, the cart fills up; and its apples would be too many.
            let filled = HookedWay(to: shelf, before: 3) {
                let status = try await Self.add(shelf, "t", "apple", 15).status
                #expect(status == 200)
            }
            let way = FaultyWay(to: shelf, fault, at: place)
            let first = try await Self.merge(OneAfterOther(filled, 4, way))
            if way.asks <= place { break }
            #expect(first.status == 503, "killed at ask \(place)")
            let again = try await Self.merge(shelf)
            #expect(again.status == 409 && again.problem == "limit-reached", "killed at ask \(place)")
            try await way.deliver()
            #expect(Self.stock(shelf) == ["apple": 22, "pear": 3], "killed at ask \(place)")
            #expect(shelf.cart("s").cart != nil && shelf.cart("t").cart != nil, "killed at ask \(place)")
            // There is room again, and the merge that was called off comes about.
            _ = try await Self.send(shelf, .patch, "/v1/carts/t/lines/1", #"{"quantity":5}"#)
            #expect(try await Self.merge(shelf).status == 200)
            try await way.deliver()
            #expect(Self.stock(shelf) == Self.all && Self.isMerged(shelf.cart("s")))
            place += 1
        }
        #expect(place == 2)
    }

    @Test func `a late copy of a step that was called off takes nothing`() async throws {
        let shelf = try await Self.shelf()
        let way = FaultyWay(to: shelf, .late, at: 3)
        #expect(try await Self.merge(way).status == 503)
        // The target is an order for as long as the retry runs, which therefore opens the source again.
        _ = try await Self.send(shelf, .post, "/v1/carts/t/checkout", #"{"version":2}"#)
        #expect(try await Self.merge(shelf).problem == "cart-checked-out")
        #expect(shelf.cart("s").cart != nil)
        #expect(try await Self.send(shelf, .post, "/v1/carts/t/checkout/cancel").status == 200)
        try await way.deliver()
        #expect(Self.stock(shelf) == Self.all)
        #expect(shelf.cart("t").cart?.lines.count == 1)
        #expect(try await Self.merge(shelf).status == 200)
        #expect(Self.stock(shelf) == Self.all && Self.isMerged(shelf.cart("s")))
    }

    @Test(arguments: 0..<5)
    func `the same merge twice at a time is one merge`(place: Int) async throws {
        let shelf = try await Self.shelf()
        let way = HookedWay(to: shelf, before: place) {
            let status = try await Self.merge(shelf).status
            #expect(status == 200)
        }
        #expect(try await Self.merge(way).status == 200)
        #expect(Self.stock(shelf) == Self.all && Self.isMerged(shelf.cart("s")))
    }

    @Test(arguments: 0..<5)
    func `merges in opposite directions leave everything in one cart or both as they were`(place: Int)
        async throws
    {
        let shelf = try await Self.shelf()
        let statuses = Mutex<[Int]>([])
        let way = HookedWay(to: shelf, before: place) {
            let status = try await Self.merge(shelf, "t", into: "s", as: "back").status
            statuses.withLock { $0.append(status) }
        }
        let status = try await Self.merge(way).status
        #expect(Self.stock(shelf) == Self.all)
        #expect(Set(statuses.withLock { $0 + [status] }).isSubset(of: [200, 409]))
        #expect([shelf.cart("s"), shelf.cart("t")].contains { $0.cart != nil })
    }

    @Test(arguments: 0..<5, 0..<5)
    func `merges in opposite directions that both die are completed or refused`(one: Int, other: Int)
        async throws
    {
        let shelf = try await Self.shelf()
        let ways = [FaultyWay(to: shelf, .late, at: one), FaultyWay(to: shelf, .late, at: other)]
        _ = try await Self.merge(ways[0])
        _ = try await Self.merge(ways[1], "t", into: "s", as: "back")
        for _ in 0..<2 {
            _ = try await Self.merge(shelf)
            _ = try await Self.merge(shelf, "t", into: "s", as: "back")
            for way in ways { try await way.deliver() }
        }
        #expect(Self.stock(shelf) == Self.all)
        #expect([shelf.cart("s"), shelf.cart("t")].contains { $0.cart != nil })
    }

    /// Random requests, deaths, late copies and refusals, by seed.
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `whatever befalls it, a merge neither loses nor doubles`(seed: UInt64) async throws {
        var random = SplitMix64(state: seed)
        let shelf = try await Self.shelf()
        var ways: [FaultyWay] = []
        for _ in 0..<12 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2:
                let fault = Fault.allCases.randomElement(using: &random) ?? .late
                let way = FaultyWay(to: shelf, fault, at: Int.random(in: 0..<7, using: &random))
                ways.append(way)
                let key = Bool.random(using: &random) ? "key" : nil
                _ = try await Self.merge(way, key: key)
            case 3:
                if let way = ways.randomElement(using: &random) { try await way.deliver() }
            case 4:
                let version = Int.random(in: 1...6, using: &random)
                _ = try await Self.send(shelf, .post, "/v1/carts/t/checkout", #"{"version":\#(version)}"#)
            case 5:
                _ = try await Self.send(shelf, .post, "/v1/carts/t/checkout/cancel")
            case 6:
                _ = try await Self.add(shelf, "t", "filler-\(Int.random(in: 0..<4, using: &random))", 1)
            default:
                _ = try await Self.merge(shelf)
            }
        }
        for _ in 0..<2 {
            _ = try await Self.send(shelf, .post, "/v1/carts/t/checkout/cancel")
            for line in shelf.cart("t").cart?.lines ?? [] where line.sku.hasPrefix("filler") {
                _ = try await Self.send(shelf, .delete, "/v1/carts/t/lines/\(line.id.text)")
            }
            #expect(try await Self.merge(shelf).status == 200, "seed \(seed)")
            for way in ways { try await way.deliver() }
            let stock = Self.stock(shelf).filter { !$0.key.hasPrefix("filler") }
            #expect(stock == Self.all && Self.isMerged(shelf.cart("s")), "seed \(seed)")
        }
    }
}

/// One way for the first asks and another for the rest.
final class OneAfterOther<First: CartAsking, Second: CartAsking>: CartAsking {
    private let first: First
    private let second: Second
    private let turn: Int
    private let asks = Atomic<Int>(0)

    init(_ first: First, _ turn: Int, _ second: Second) {
        self.first = first
        self.second = second
        self.turn = turn
    }

    func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: String
    ) async throws(HostFailure) -> Answer<CartLogic> {
        if asks.add(1, ordering: .relaxed).oldValue < turn {
            return try await first.ask(id, command, deadline: deadline, trace: trace)
        }
        return try await second.ask(id, command, deadline: deadline, trace: trace)
    }
}
