import CartWorkload

/// Carries single errands, and measures them.
struct Errands<Place: Shop>: Sendable {
    let courier: Courier<Place, RealClock>
    let market: Market
    let measurements: Measurements
    /// When the load began.
    let beginning: Duration
    /// When errands are given up.
    let end: Duration

    /// How many clients an open loop's errands are said to come from.
    static var openClients: UInt64 { 1_000 }

    /// Chooses the next errand and has it done.
    ///
    /// - Parameter intended: when it should have begun.
    func run(_ id: ErrandID, intended: Duration, _ random: inout SplitMix64) async {
        let errand = market.errand(id, &random)
        var node = Int.random(in: 0..<max(1, courier.shop.nodes), using: &random)
        let reply = await courier.deliver(errand, at: &node, until: end, &random)
        market.conclude(errand, reply)
        let now = courier.clock.now
        measurements.end(errand, reply, latency: now - intended, at: now - beginning)
    }

    /// The errand with this place in an open loop.
    static func id(_ place: UInt64) -> ErrandID {
        ErrandID(
            client: UInt32(truncatingIfNeeded: 1 + place % openClients),
            number: UInt32(truncatingIfNeeded: 1 + place / openClients)
        )
    }
}
