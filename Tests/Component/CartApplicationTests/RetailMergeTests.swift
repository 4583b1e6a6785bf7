import ActorRuntime
import Cart
import CartActor
import CartTesting
import Synchronization
import Testing

@testable import CartApplication

/// Merges of a session's cart into a customer's: whatever dies on the way, nothing gets lost or doubled.
@Suite struct RetailMergeTests {
    private static func carts(_ dispatcher: some CartDispatcher) -> DemoShopCarts<some CartDispatcher> {
        DemoShopCarts(.retail, application(dispatcher))
    }

    private static var call: CallContext { CallContext(deadline: .now + .seconds(2)) }

    private static func add(to backend: InMemoryCarts, _ user: String, product: String, quantity: Int64)
        async throws
    {
        let item = DemoShopItem(product: product, quantity: quantity, unitPrice: 150)
        try await carts(backend).add(item, for: user, call)
    }

    private static func merge(_ dispatcher: some CartDispatcher, _ guest: String = "s") async throws {
        try await carts(dispatcher).merge(guest, into: "c", call)
    }

    /// The quantities that a user has, by product.
    private static func stock(_ backend: InMemoryCarts, _ user: String) async throws -> [String: Int64] {
        let items = try await carts(backend).items(of: user, call)
        return Dictionary(items.map { ($0.product, $0.quantity) }, uniquingKeysWith: +)
    }

    private static func backend(customer: Bool = true, _ limits: CartLimits = CartLimits()) async throws
        -> InMemoryCarts
    {
        let backend = InMemoryCarts(limits: limits)
        try await add(to: backend, "s", product: "apple", quantity: 2)
        try await add(to: backend, "s", product: "pear", quantity: 3)
        if customer { try await add(to: backend, "c", product: "apple", quantity: 5) }
        return backend
    }

    @Test(arguments: [true, false])
    func `the session's items come to the customer's, and the session goes on with an empty cart`(
        customer: Bool
    ) async throws {
        let backend = try await Self.backend(customer: customer)
        let apples: Int64 = customer ? 7 : 2
        for round in 0..<3 {
            try await Self.merge(backend)
            try await Self.merge(backend)
            #expect(try await Self.stock(backend, "s").isEmpty)
            let stock = try await Self.stock(backend, "c")
            #expect(stock == ["apple": apples + Int64(round), "pear": 3])
            try await Self.add(to: backend, "s", product: "apple", quantity: 1)
            #expect(try await Self.stock(backend, "s") == ["apple": 1])
        }
    }

    @Test func `steps of merges are counted by their result, and so are replays`() async throws {
        let backend = try await Self.backend()
        let application = application(backend)
        let carts = DemoShopCarts(.retail, application)
        let outcomes = application.dependencies.outcomes
        try await carts.merge("s", into: "c", Self.call)
        for step in [OutcomeCounts.MergeStep.dryRun, .close, .take, .finish] {
            #expect(outcomes.merges(step, .accepted) == 1, "\(step)")
        }
        try await Self.add(to: backend, "s", product: "apple", quantity: 1)
        backend.fail(.overloaded)
        await #expect(throws: Refusal.self) { try await carts.merge("s", into: "c", Self.call) }
        backend.fail(nil)
        #expect(outcomes.merges(.close, .accepted) == 1)
        var call = Self.call
        call.key = IdempotencyKey("k")
        let item = DemoShopItem(product: "plum", quantity: 1, unitPrice: 150)
        try await carts.add(item, for: "c", call)
        #expect(outcomes.replays == 0)
        try await carts.add(item, for: "c", call)
        #expect(outcomes.replays == 1)
    }

    @Test func `of an unknown or empty session nothing comes, not even a cart`() async throws {
        let backend = InMemoryCarts()
        try await Self.merge(backend)
        #expect(backend.asked.allSatisfy { $0.command.isRead })
        try await Self.add(to: backend, "s", product: "apple", quantity: 1)
        try await Self.carts(backend).empty("s", Self.call)
        let before = backend.asked.count
        try await Self.merge(backend)
        #expect(backend.asked.dropFirst(before).allSatisfy { $0.command.isRead })
        try await Self.add(to: backend, "c", product: "apple", quantity: 1)
        try await Self.merge(backend, "c")
        #expect(try await Self.stock(backend, "c") == ["apple": 1])
    }

    @Test(arguments: AskFault.allCases, [true, false])
    func `killed at any step, it is completed by its retry, and late steps do no harm`(
        fault: AskFault,
        customer: Bool
    ) async throws {
        let all: [String: Int64] = ["apple": customer ? 7 : 2, "pear": 3]
        var place = 0
        while true {
            let backend = try await Self.backend(customer: customer)
            let dispatcher = FaultyDispatcher(to: backend, fault, at: place)
            let refusal: Refusal?
            do {
                try await Self.merge(dispatcher)
                refusal = nil
            } catch let error as Refusal {
                refusal = error
            }
            if dispatcher.asks <= place {
                #expect(refusal == nil)
                break
            }
            // From the clearing away on, the merge is made.
            #expect(
                refusal?.kind == (place < (customer ? 6 : 10) ? .sessionLost : nil),
                "killed at ask \(place)"
            )
            try await Self.merge(backend)
            #expect(try await Self.stock(backend, "c") == all, "killed at ask \(place)")
            #expect(try await Self.stock(backend, "s").isEmpty, "killed at ask \(place)")
            // A late request must not delete products that the session adds afterwards.
            try await Self.add(to: backend, "s", product: "plum", quantity: 4)
            try await dispatcher.deliver()
            #expect(try await Self.stock(backend, "c") == all, "killed at ask \(place)")
            #expect(try await Self.stock(backend, "s") == ["plum": 4], "killed at ask \(place)")
            try await Self.merge(backend)
            #expect(try await Self.stock(backend, "c") == all.merging(["plum": 4], uniquingKeysWith: +))
            #expect(try await Self.stock(backend, "s").isEmpty)
            place += 1
        }
        // Look, look, rehearse, close, take, finish, look, delete;
        // and to make the customer's cart and begin anew.
        #expect(place == (customer ? 8 : 12))
    }

    @Test(arguments: [true, false])
    func `a failure after the first step of a merge is of unknown outcome, and one after the last is none`(
        begun: Bool
    ) async throws {
        var outcomes: [String] = []
        for place in 0..<9 {
            let backend = try await Self.backend()
            if begun {
                // The session's cart is closed, and its lines are not taken yet.
                let dead = FaultyDispatcher(to: backend, .before, at: 4)
                await #expect(throws: Refusal.self) { try await Self.merge(dead) }
            }
            let dispatcher = FaultyDispatcher(to: backend, .before, at: place, telling: .notApplied)
            do {
                try await Self.merge(dispatcher)
                outcomes.append("made")
                #expect(try await Self.stock(backend, "c") == ["apple": 7, "pear": 3])
            } catch let refusal as Refusal {
                outcomes.append(refusal.retryAdvice?.outcome.rawValue ?? "none")
            }
        }
        let (before, amid, after) = ("not-applied", "unknown", "made")
        // Look, look, rehearse, close, take, finish, look, delete; or look, look, was it declined?, rehearse,
        // take, finish, look, delete.
        let closing = [before, before] + Array(repeating: amid, count: 4)
        let open = Array(repeating: before, count: 4) + [amid, amid]
        #expect(outcomes.prefix(6) == (begun ? closing : open)[...])
        #expect(outcomes.dropFirst(6).allSatisfy { $0 == after })
    }

    @Test(arguments: 0..<9)
    func `the same merge twice at a time is one merge`(place: Int) async throws {
        let backend = try await Self.backend()
        let dispatcher = HookedDispatcher(to: backend, before: place) {
            try await Self.merge(backend)
            try await Self.add(to: backend, "s", product: "plum", quantity: 4)
        }
        try await Self.merge(dispatcher)
        try await Self.merge(backend)
        let bought: [String: Int64] = place < 8 ? ["plum": 4] : [:]
        #expect(try await Self.stock(backend, "s").isEmpty)
        let all: [String: Int64] = ["apple": 7, "pear": 3]
        #expect(try await Self.stock(backend, "c") == all.merging(bought, uniquingKeysWith: +))
    }

    @Test func `a session goes on though nobody cleared its merged cart away`() async throws {
        for isFilled in [true, false] {
            let backend = try await Self.backend()
            let dispatcher = FaultyDispatcher(to: backend, .before, at: 7)
            try await Self.merge(dispatcher)
            #expect(dispatcher.asks == 8)
            #expect(try await Self.stock(backend, "s").isEmpty)
            if isFilled {
                try await Self.add(to: backend, "s", product: "plum", quantity: 4)
                #expect(try await Self.stock(backend, "s") == ["plum": 4])
            } else {
                try await Self.carts(backend).empty("s", Self.call)
            }
        }
    }

    @Test func `what is on the way to one customer is neither changed nor another's`() async throws {
        let backend = try await Self.backend()
        let dispatcher = FaultyDispatcher(to: backend, .before, at: 4)
        await #expect(throws: Refusal.self) { try await Self.merge(dispatcher) }
        #expect(try await Self.stock(backend, "s") == ["apple": 2, "pear": 3])
        let carts = Self.carts(backend)
        let attempts: [@Sendable () async throws -> Void] = [
            { try await carts.merge("s", into: "d", Self.call) },
            { try await carts.empty("s", Self.call) },
            { try await carts.remove("pear", for: "s", Self.call) },
            { _ = try await carts.set("pear", quantity: 1, unitPrice: nil, for: "s", Self.call) },
            { try await Self.add(to: backend, "s", product: "plum", quantity: 1) },
        ]
        for attempt in attempts {
            let refusal = await #expect(throws: Refusal.self) { try await attempt() }
            #expect(refusal?.kind == .cartMerged)
        }
        try await Self.merge(backend)
        #expect(try await Self.stock(backend, "c") == ["apple": 7, "pear": 3])
    }

    @Test func `a customer's cart without room refuses, and the session keeps its own`() async throws {
        var limits = CartLimits()
        limits.quantity = 6
        let backend = try await Self.backend(limits)
        let refusal = await #expect(throws: Refusal.self) { try await Self.merge(backend) }
        #expect(refusal?.kind == .limitReached)
        #expect(refusal?.field == .named(.mergeSource))
        #expect(try await Self.stock(backend, "s") == ["apple": 2, "pear": 3])
        #expect(try await Self.stock(backend, "c") == ["apple": 5])
    }
}
