internal import ActorRuntime
internal import CartWorkload
internal import SeededRandom

extension Scenario {
    /// The limits of what nodes keep in memory, and of what Redis keeps.
    struct Limits {
        /// The most live carts of a node.
        var live = HostPolicy().liveLimit
        /// The time without use after which a cart leaves memory: short, so that carts are passivated and
        /// restored often.
        var idleTimeout: Duration = .seconds(2)
        /// The time after which an untouched cart vanishes from Redis.
        var retention: Duration = .seconds(30 * 86_400)

        /// True if carts leave memory only because a node has as many as it may.
        var isCrowded: Bool { live < HostPolicy().liveLimit }

        /// True if carts vanish from Redis within a simulation.
        var expires: Bool { retention < .seconds(60) }
    }

    /// Nodes that may have two live carts, in one seed of six; carts that expire after five seconds, in
    /// another; and carts that leave memory almost at once, in one of twelve. They come from a generator of
    /// their own, so that they change nothing else that the seed determines.
    static func limits(from seed: UInt64, _ plan: inout WorkloadPlan) -> Limits {
        var random = SplitMix64(seed: seed).fork(22)
        var limits = Limits()
        switch Int.random(in: 0..<12, using: &random) {
        case 0...1:
            limits.live = 2
            limits.idleTimeout = .seconds(60)
            plan.carts = 4
            // Restores cost a simulation more than anything else.
            plan.pause = .milliseconds(600)
        case 2...3:
            limits.retention = .seconds(5)
            // Some carts are hardly used, and expire; others are only read, and must not.
            plan.carts = 4
            plan.popularity = .zipf(3)
            plan.pause = .milliseconds(600)
            plan.reads = Bool.random(using: &random) ? 0.97 : plan.reads
        case 4: limits.idleTimeout = .milliseconds(200)
        default: break
        }
        return limits
    }

    /// The share of requests whose client goes away while they are served: some in one seed of four.
    static func cancellations(from seed: UInt64) -> Double {
        var random = SplitMix64(seed: seed).fork(24)
        guard Int.random(in: 0..<4, using: &random) == 0 else { return 0 }
        return [0.03, 0.15].randomElement(using: &random) ?? 0.03
    }

    /// Up to three carts whose keys another hand overwrites for a while, in one seed of six, and from a
    /// generator of their own. Each is put back or removed by the end of the phase.
    static func overwritings(
        from seed: UInt64,
        within length: SimulatedTime,
        carts: Int
    ) -> [(time: SimulatedTime, fault: SimulatedFault)] {
        var random = SplitMix64(seed: seed).fork(29)
        guard Int.random(in: 0..<6, using: &random) == 0 else { return [] }
        return (0..<Int.random(in: 1...3, using: &random)).map { _ in
            let time = SimulatedTime(nanoseconds: .random(in: 0...length.nanoseconds, using: &random))
            let longest = length - time
            let isForGood = Int.random(in: 0..<4, using: &random) == 0
            let span = SimulatedTime.milliseconds(.random(in: 100...6_000, using: &random))
            let fault = SimulatedFault.overwrite(
                cart: .random(in: 0..<carts, using: &random),
                with: ["the key holds a list", "the field `e` is corrupted"].randomElement(using: &random)
                    ?? "",
                for: isForGood ? longest : min(span, longest),
                thenRemoved: Int.random(in: 0..<4, using: &random) == 0
            )
            return (time, fault)
        }
    }
}
