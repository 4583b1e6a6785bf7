import Synchronization
import Testing

/// The clients of one cart, who remember all that they were told.
struct Shopper: Sendable {
    let ledger: Ledger
    let shop: Storefront

    var cart: String { ledger.cart }

    init(_ cart: String, _ shop: Storefront) {
        ledger = Ledger(cart: cart)
        self.shop = shop
    }

    @discardableResult
    func create(at node: NodeProcess) async -> Reply {
        let promise = ledger.promise
        let reply = await shop.create(cart, at: node)
        ledger.take(reply, promise: promise)
        return reply
    }

    @discardableResult
    func add(at node: NodeProcess) async -> Reply {
        let article = ledger.newArticle()
        let promise = ledger.promise
        let reply = await shop.add(article, to: cart, at: node)
        ledger.take(reply, article: article, promise: promise)
        return reply
    }

    @discardableResult
    func look(at node: NodeProcess) async -> Reply {
        let promise = ledger.promise
        let reply = await shop.look(cart, at: node)
        ledger.take(reply, promise: promise)
        return reply
    }

    /// Adds until it succeeds, and answers how long it took and the last reply.
    @discardableResult
    func addEventually(at node: NodeProcess, within bound: Duration) async throws -> (
        took: Duration, reply: Reply
    ) {
        var last: Reply?
        let took = try await eventually(
            within: bound,
            "\(cart) can be changed at \(node.name): \(last?.description ?? "")"
        ) {
            let reply = await add(at: node)
            last = reply
            return reply.fate == .done
        }
        return (took, try #require(last))
    }

    /// Goes shopping until it is told to stop: one change, one look, at each node in turn.
    func wander(among nodes: [NodeProcess], while gate: Gate, pause: Duration) async throws {
        var turn = 0
        while gate.isOpen {
            await add(at: nodes[turn % nodes.count])
            turn += 1
            await look(at: nodes[turn % nodes.count])
            try await Task.sleep(for: pause)
        }
    }

    /// Goes shopping at each node on its own, so that one that does not answer does not keep it from the others.
    func wanderEverywhere(
        _ nodes: [NodeProcess],
        while gate: Gate,
        pause: Duration
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes {
                group.addTask { try await wander(among: [node], while: gate, pause: pause) }
            }
            try await group.waitForAll()
        }
    }

    /// Goes shopping at one node until that says that it wants to be left; then at the next.
    func stay(among nodes: [NodeProcess], while gate: Gate, pause: Duration) async throws {
        var turn = 0
        while gate.isOpen {
            for reply in [
                await add(at: nodes[turn % nodes.count]), await look(at: nodes[turn % nodes.count]),
            ]
            where reply.closes {
                turn += 1
                break
            }
            try await Task.sleep(for: pause)
        }
    }
}

extension Cluster {
    /// Carts that exist, and live on the first node.
    func shoppers(_ count: Int, at node: NodeProcess? = nil, named name: String = "cart") async throws
        -> [Shopper]
    {
        var shoppers: [Shopper] = []
        for number in 0..<count {
            let shopper = Shopper("\(name)-\(number)", shop)
            let reply = await shopper.create(at: node ?? nodes[0])
            try #require(reply.status == 201, "\(reply)")
            shoppers.append(shopper)
        }
        return shoppers
    }

    /// Runs `body` while every shopper does `manner`.
    func underLoad(
        _ shoppers: [Shopper],
        _ manner: @escaping @Sendable (Shopper, Gate) async throws -> Void,
        _ body: () async throws -> Void
    ) async throws {
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for shopper in shoppers {
                group.addTask { try await manner(shopper, gate) }
            }
            do {
                try await body()
            } catch {
                gate.close()
                throw error
            }
            gate.close()
            try await group.waitForAll()
        }
    }

    /// Every cart is at every node as the clients were told, and nobody was ever told what can not be.
    func audit(_ shoppers: [Shopper], at nodes: [NodeProcess]? = nil, within bound: Duration? = nil)
        async throws
    {
        for shopper in shoppers {
            for node in nodes ?? self.nodes {
                var last: Reply?
                try await eventually(
                    within: bound ?? lease.length + .seconds(5),
                    "\(shopper.cart) is shown by \(node.name): \(last?.description ?? "")"
                ) {
                    last = await shopper.look(at: node)
                    return last?.status == 200
                }
            }
            #expect(shopper.ledger.contradictions.isEmpty, "\(shopper.cart)")
        }
    }
}

/// Whether the shops are open.
final class Gate: Sendable {
    private let closed = Atomic<Bool>(false)

    var isOpen: Bool { !closed.load(ordering: .relaxed) }

    func close() { closed.store(true, ordering: .relaxed) }
}
