import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import RequestTracing
import SeededRandom
import Synchronization
import Testing

@testable import CartHTTP

/// Merges that die between their steps, run twice, or meet others: nothing is lost and nothing doubled.
@Suite struct MergeStepTests {
    /// A backend with cart s of 2 apples and 3 pears, and cart t of 5 apples, at most four lines each.
    static func backend() async throws -> InMemoryCarts {
        var limits = CartLimits()
        limits.lines = 4
        limits.quantity = 20
        let backend = InMemoryCarts(limits: limits)
        for (cart, items) in [("s", [("apple", 2), ("pear", 3)]), ("t", [("apple", 5)])] {
            _ = try await send(to: backend, .put, "/v1/carts/\(cart)")
            for (sku, quantity) in items {
                #expect(try await add(to: backend, cart, sku: sku, quantity: quantity).status == 201)
            }
        }
        return backend
    }

    static func send(
        to dispatcher: some CartDispatcher,
        _ method: HTTPRequest.Method,
        _ path: String,
        body: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> ReceivedResponse {
        let reply = Mutex<ReceivedResponse?>(nil)
        try await serve(dispatcher) { caller in
            let answer = try await caller.send(method, path, body: body, headers: headers)
            reply.withLock { $0 = answer }
        }
        return try #require(reply.withLock { $0 })
    }

    static func add(
        to dispatcher: some CartDispatcher,
        _ cart: String,
        sku: String,
        quantity: Int
    ) async throws -> ReceivedResponse {
        let body = #"{"sku":"\#(sku)","quantity":\#(quantity),"unitPrice":{"amount":150,"currency":"EUR"}}"#
        return try await send(to: dispatcher, .post, "/v1/carts/\(cart)/lines", body: body)
    }

    static func merge(
        _ dispatcher: some CartDispatcher,
        _ source: String = "s",
        into target: String = "t",
        as id: String = "m",
        key: String? = nil
    ) async throws -> ReceivedResponse {
        var fields: HTTPFields = [:]
        if let key { fields.append(HTTPField(name: .idempotencyKey, value: key)) }
        let body = #"{"from":"\#(source)","mergeId":"\#(id)"}"#
        return try await send(to: dispatcher, .post, "/v1/carts/\(target)/merge", body: body, headers: fields)
    }

    /// The quantity of each article in carts that their clients can use.
    static func stock(_ backend: InMemoryCarts) -> [String: Int] {
        var stock: [String: Int] = [:]
        for cart in ["s", "t"] {
            for line in backend.cart(cart).cart?.lines ?? [] {
                stock[line.sku, default: 0] += Int(line.quantity)
            }
        }
        return stock
    }

    static func isMerged(_ state: CartState) -> Bool {
        if case .merged(let cart) = state { cart.handover.target.text == "t" } else { false }
    }

    static let all = ["apple": 7, "pear": 3]

    @Test(arguments: AskFault.allCases, [nil, "k-1"])
    func `killed at any step, a merge is completed by its retry, once`(fault: AskFault, key: String?)
        async throws
    {
        var place = 0
        while true {
            let backend = try await Self.backend()
            let dispatcher = FaultyDispatcher(to: backend, fault, at: place)
            let first = try await Self.merge(dispatcher, key: key)
            if dispatcher.asks <= place { break }
            #expect(first.status == 503)
            let again = try await Self.merge(backend, key: key)
            #expect(again.status == 200, "killed at ask \(place)")
            try await dispatcher.deliver()
            for _ in 0..<2 {
                #expect(Self.stock(backend) == Self.all, "killed at ask \(place)")
                #expect(Self.isMerged(backend.cart("s")), "killed at ask \(place)")
                #expect(try await Self.merge(backend, key: key).status == 200)
            }
            place += 1
        }
        #expect(place == 5)
    }

    @Test(arguments: AskFault.allCases)
    func `killed at any step on the way back, a merge is refused and both carts are open`(fault: AskFault)
        async throws
    {
        var place = 0
        while true {
            let backend = try await Self.backend()
            // Between the rehearsal and the taking, the cart fills up; and its apples would be too many.
            let filled = HookedDispatcher(to: backend, before: 3) {
                let status = try await Self.add(to: backend, "t", sku: "apple", quantity: 15).status
                #expect(status == 200)
            }
            let dispatcher = FaultyDispatcher(to: backend, fault, at: place)
            let first = try await Self.merge(SwitchingDispatcher(filled, until: 4, then: dispatcher))
            if dispatcher.asks <= place { break }
            #expect(first.status == 503, "killed at ask \(place)")
            let again = try await Self.merge(backend)
            #expect(again.status == 409 && again.problem == "limit-reached", "killed at ask \(place)")
            try await dispatcher.deliver()
            #expect(Self.stock(backend) == ["apple": 22, "pear": 3], "killed at ask \(place)")
            #expect(backend.cart("s").cart != nil && backend.cart("t").cart != nil, "killed at ask \(place)")
            // There is room again, and the merge that was called off comes about.
            _ = try await Self.send(to: backend, .patch, "/v1/carts/t/lines/1", body: #"{"quantity":5}"#)
            #expect(try await Self.merge(backend).status == 200)
            try await dispatcher.deliver()
            #expect(Self.stock(backend) == Self.all && Self.isMerged(backend.cart("s")))
            place += 1
        }
        #expect(place == 2)
    }

    @Test func `a late copy of a step that was called off takes nothing`() async throws {
        let backend = try await Self.backend()
        let dispatcher = FaultyDispatcher(to: backend, .late, at: 3)
        #expect(try await Self.merge(dispatcher).status == 503)
        // The target is an order for as long as the retry runs, which therefore opens the source again.
        _ = try await Self.send(to: backend, .post, "/v1/carts/t/checkout", body: #"{"version":2}"#)
        #expect(try await Self.merge(backend).problem == "cart-checked-out")
        #expect(backend.cart("s").cart != nil)
        #expect(try await Self.send(to: backend, .post, "/v1/carts/t/checkout/cancel").status == 200)
        try await dispatcher.deliver()
        #expect(Self.stock(backend) == Self.all)
        #expect(backend.cart("t").cart?.lines.count == 1)
        #expect(try await Self.merge(backend).status == 200)
        #expect(Self.stock(backend) == Self.all && Self.isMerged(backend.cart("s")))
    }

    @Test(arguments: 0..<5)
    func `the same merge twice at a time is one merge`(place: Int) async throws {
        let backend = try await Self.backend()
        let dispatcher = HookedDispatcher(to: backend, before: place) {
            let status = try await Self.merge(backend).status
            #expect(status == 200)
        }
        #expect(try await Self.merge(dispatcher).status == 200)
        #expect(Self.stock(backend) == Self.all && Self.isMerged(backend.cart("s")))
    }

    @Test(arguments: 0..<5)
    func `merges in opposite directions leave everything in one cart or both as they were`(place: Int)
        async throws
    {
        let backend = try await Self.backend()
        let statuses = Mutex<[Int]>([])
        let dispatcher = HookedDispatcher(to: backend, before: place) {
            let status = try await Self.merge(backend, "t", into: "s", as: "back").status
            statuses.withLock { $0.append(status) }
        }
        let status = try await Self.merge(dispatcher).status
        #expect(Self.stock(backend) == Self.all)
        #expect(Set(statuses.withLock { $0 + [status] }).isSubset(of: [200, 409]))
        #expect([backend.cart("s"), backend.cart("t")].contains { $0.cart != nil })
    }

    @Test(arguments: 0..<5, 0..<5)
    func `merges in opposite directions that both die are completed or refused`(one: Int, other: Int)
        async throws
    {
        let backend = try await Self.backend()
        let dispatchers = [
            FaultyDispatcher(to: backend, .late, at: one), FaultyDispatcher(to: backend, .late, at: other),
        ]
        _ = try await Self.merge(dispatchers[0])
        _ = try await Self.merge(dispatchers[1], "t", into: "s", as: "back")
        for _ in 0..<2 {
            _ = try await Self.merge(backend)
            _ = try await Self.merge(backend, "t", into: "s", as: "back")
            for dispatcher in dispatchers { try await dispatcher.deliver() }
        }
        #expect(Self.stock(backend) == Self.all)
        #expect([backend.cart("s"), backend.cart("t")].contains { $0.cart != nil })
    }

    /// Random requests, deaths, late copies and refusals, by seed.
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `whatever befalls it, a merge neither loses nor doubles`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let backend = try await Self.backend()
        var dispatchers: [FaultyDispatcher] = []
        for _ in 0..<12 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2:
                let fault = AskFault.allCases.randomElement(using: &random) ?? .late
                let dispatcher = FaultyDispatcher(
                    to: backend,
                    fault,
                    at: Int.random(in: 0..<7, using: &random)
                )
                dispatchers.append(dispatcher)
                let key = Bool.random(using: &random) ? "key" : nil
                _ = try await Self.merge(dispatcher, key: key)
            case 3:
                if let dispatcher = dispatchers.randomElement(using: &random) {
                    try await dispatcher.deliver()
                }
            case 4:
                let version = Int.random(in: 1...6, using: &random)
                _ = try await Self.send(
                    to: backend,
                    .post,
                    "/v1/carts/t/checkout",
                    body: #"{"version":\#(version)}"#
                )
            case 5:
                _ = try await Self.send(to: backend, .post, "/v1/carts/t/checkout/cancel")
            case 6:
                _ = try await Self.add(
                    to: backend,
                    "t",
                    sku: "filler-\(Int.random(in: 0..<4, using: &random))",
                    quantity: 1
                )
            default:
                _ = try await Self.merge(backend)
            }
        }
        for _ in 0..<2 {
            _ = try await Self.send(to: backend, .post, "/v1/carts/t/checkout/cancel")
            for line in backend.cart("t").cart?.lines ?? [] where line.sku.hasPrefix("filler") {
                _ = try await Self.send(to: backend, .delete, "/v1/carts/t/lines/\(line.id.text)")
            }
            #expect(try await Self.merge(backend).status == 200, "seed \(seed)")
            for dispatcher in dispatchers { try await dispatcher.deliver() }
            let stock = Self.stock(backend).filter { !$0.key.hasPrefix("filler") }
            #expect(stock == Self.all && Self.isMerged(backend.cart("s")), "seed \(seed)")
        }
    }
}

/// One way for the first asks and another for the rest.
final class SwitchingDispatcher<First: CartDispatcher, Second: CartDispatcher>: CartDispatcher {
    private let first: First
    private let second: Second
    private let turn: Int
    private let asks = Atomic<Int>(0)

    init(_ first: First, until turn: Int, then second: Second) {
        self.first = first
        self.second = second
        self.turn = turn
    }

    func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) async throws(HostFailure) -> Answer<CartLogic> {
        if asks.add(1, ordering: .relaxed).oldValue < turn {
            return try await first.ask(id, command, deadline: deadline, trace: trace)
        }
        return try await second.ask(id, command, deadline: deadline, trace: trace)
    }
}
