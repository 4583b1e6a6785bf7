internal import SeededRandom

extension Scenario {
    /// When carts go to the node that asks for them, with a gateway that gives them a reason to.
    struct Following {
        /// The number of asks in a row from one node that move a cart.
        let asks: Int
        /// The time for which a node keeps a cart before that.
        let interval: Duration
        /// The time after which the gateway sends each cart's requests to another node.
        let shift: SimulatedTime
    }

    /// Carts that move, in one seed of four. They come from a generator of their own, so that they change nothing
    /// else that the seed determines. In a crowded seed carts leave memory for another reason, which is counted.
    static func following(from seed: UInt64, _ limits: Limits) -> Following? {
        var random = SplitMix64(seed: seed).fork(31)
        guard Int.random(in: 0..<4, using: &random) == 0, !limits.isCrowded else { return nil }
        return Following(
            asks: .random(in: 2...4, using: &random),
            interval: [.zero, .milliseconds(500), .milliseconds(2_000)].randomElement(using: &random)
                ?? .zero,
            shift: .milliseconds([1_500, 4_000].randomElement(using: &random) ?? 4_000)
        )
    }

    /// Releases of which a node does not know whether they were executed, in half of the seeds with carts that
    /// move, and from a generator of their own.
    static func doubtfulReleases(
        from seed: UInt64,
        nodes: Int,
        within length: SimulatedTime
    ) -> [(time: SimulatedTime, fault: SimulatedFault)] {
        var random = SplitMix64(seed: seed).fork(32)
        guard Bool.random(using: &random) else { return [] }
        return (0..<8).map { _ in
            let time = SimulatedTime(nanoseconds: .random(in: 0...length.nanoseconds, using: &random))
            // Until after the answer was waited for.
            let span = SimulatedTime.milliseconds(.random(in: 1_000...3_000, using: &random))
            return (time, .doubtRelease(node: .random(in: 0..<nodes, using: &random), for: span))
        }
    }
}
