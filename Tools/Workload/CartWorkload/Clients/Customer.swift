/// A client who goes shopping: one errand after the other, each until it is settled.
package struct Customer<Place: Shop, Clock: WorkloadClock>: Sendable {
    package let number: UInt32
    private let courier: Courier<Place, Clock>
    private let market: Market
    private var random: SplitMix64

    /// - Parameters:
    ///   - number: from 1; no two customers of a history have the same.
    ///   - random: gives each customer numbers of their own.
    package init(_ number: UInt32, _ courier: Courier<Place, Clock>, _ market: Market, _ random: SplitMix64) {
        self.number = number
        self.courier = courier
        self.market = market
        self.random = random.fork(UInt64(number))
    }

    /// Goes shopping until then, or until cancelled. Each errand begins at a node that is drawn: a client behind a
    /// balancer has no home.
    package mutating func run(until end: Duration) async {
        var count: UInt32 = 0
        while !Task.isCancelled, courier.clock.now < end, count < .max {
            count += 1
            let errand = market.errand(ErrandID(client: number, number: count), &random)
            var node = Int.random(in: 0..<max(1, courier.shop.nodes), using: &random)
            let reply = await courier.deliver(errand, at: &node, until: end, &random)
            market.conclude(errand, reply)
            guard market.plan.pause > .zero else { continue }
            do {
                try await courier.clock.sleep(for: market.plan.pause)
            } catch {
                return
            }
        }
    }
}
