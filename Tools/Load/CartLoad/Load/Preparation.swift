import CartWorkload

/// Creates all carts and fills them, before anything is measured.
struct Preparation<Place: Shop>: Sendable {
    let courier: Courier<Place, RealClock>
    let market: Market
    let random: SplitMix64
    let voice: Voice

    /// How many carts are filled at once.
    private static var workers: Int { 32 }
    /// The clients of a preparation; above all of a load.
    private static var firstClient: UInt32 { 1_000_000 }

    /// - Returns: how many carts could not be filled.
    func run(until end: Duration) async -> Int {
        let carts = market.plan.carts
        let workers = min(Self.workers, carts)
        voice.say("filling \(Figures.grouped(carts)) carts with \(market.plan.cartSize) lines each")
        return await withTaskGroup { group in
            for worker in 0..<workers {
                group.addTask {
                    var unfilled = 0
                    var number: UInt32 = 0
                    var random = self.random.fork(UInt64(worker))
                    for cart in stride(from: worker, to: carts, by: workers) {
                        let isFilled = await fill(cart, worker, &number, until: end, &random)
                        if !isFilled { unfilled += 1 }
                    }
                    return unfilled
                }
            }
            return await group.reduce(0, +)
        }
    }

    private func fill(
        _ cart: Int,
        _ worker: Int,
        _ number: inout UInt32,
        until end: Duration,
        _ random: inout SplitMix64
    ) async -> Bool {
        var node = cart % max(1, courier.shop.nodes)
        // One creation, and each addition; quantities are for later.
        for _ in 0...market.plan.cartSize {
            number += 1
            let id = ErrandID(client: Self.firstClient + UInt32(worker), number: number)
            let errand = market.filling(id, of: cart, &random)
            let reply = await courier.deliver(errand, at: &node, until: end, &random)
            market.conclude(errand, reply)
            guard case .done = reply.fate else { return false }
        }
        return true
    }
}
