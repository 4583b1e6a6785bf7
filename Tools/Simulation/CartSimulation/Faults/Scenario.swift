internal import CartWorkload
internal import Ownership

/// What a seed makes of a simulation: how many nodes, what they are told, how the paths are, and what befalls them when.
package struct Scenario: Sendable {
    let seed: UInt64
    let nodes: Int
    let lease: LeasePolicy
    let hiccups: Hiccups
    let conditions: NetworkConditions
    let plan: WorkloadPlan
    let storageConfigurations: [StorageConfiguration]
    /// How long faults happen.
    let safetyPhase: SimulatedTime
    let faults: [(time: SimulatedTime, fault: SimulatedFault)]
    let kinds: [SimulatedFault.Kind]

    /// How long a lease is in every scenario.
    private static let lease: Duration = .milliseconds(5_000)

    package init(seed: UInt64, theme: Theme = .anything) {
        var random = SplitMix64(seed: seed)
        self.seed = seed
        nodes = .random(in: 2...4, using: &random)
        let lease = LeasePolicy(
            length: Self.lease,
            // Whatever clocks that all tick alike need no margin for is room for mistakes to hide in.
            margin: .milliseconds([20, 100, 500].randomElement(using: &random) ?? 500),
            heartbeatInterval: .milliseconds([500, 1_000].randomElement(using: &random) ?? 500)
        )
        let hiccups = Hiccups(
            reorders: .random(using: &random),
            probability: [0, 0, 0.002, 0.01].randomElement(using: &random) ?? 0,
            longest: .milliseconds([5, 100, 1_500].randomElement(using: &random) ?? 5)
        )
        let conditions = Self.conditions(&random)
        plan = Self.plan(&random)
        storageConfigurations = StorageConfiguration.some(seed)
        safetyPhase = .milliseconds(.random(in: 10_000...30_000, using: &random))
        var kinds = SimulatedFault.Kind.allCases.filter { _ in random.unit() < 0.35 }
        if kinds.isEmpty { kinds = [.kill] }
        // What is nearly missed on a quick network is not even near.
        let isSlow = kinds.contains(.nearMiss) && random.unit() < 0.7
        var count = Int.random(in: 2...12, using: &random)
        switch theme {
        case .anything:
            self.lease = lease
            self.hiccups = hiccups
            self.conditions = isSlow ? conditions.slow : conditions
        case .nearMisses:
            // Nothing else happens, and the bounds are as near to each other as they get.
            self.lease = LeasePolicy(
                length: Self.lease,
                margin: .milliseconds(20),
                heartbeatInterval: .milliseconds(1_000)
            )
            self.hiccups = Hiccups(reorders: hiccups.reorders, probability: 0, longest: hiccups.longest)
            self.conditions = NetworkConditions.reliable.slow
            kinds = [.nearMiss]
            count = 12
        }
        self.kinds = kinds
        let distribution = FaultDistribution(nodes: nodes, within: safetyPhase, &random)
        var faults: [(time: SimulatedTime, fault: SimulatedFault)] = []
        for _ in 0..<count {
            let kind = kinds.randomElement(using: &random) ?? .kill
            let time = distribution.time(&random)
            for (after, fault) in Self.faults(kind, distribution, nodes: nodes, carts: plan.carts, &random) {
                faults.append((time + after, fault))
            }
        }
        // Nothing begins after the time for it.
        let end = safetyPhase
        self.faults = faults.filter { $0.time <= end }.sorted { $0.time < $1.time }
    }

    /// Most seeds have some loss and delay all the time; every fifth has none, so that faults stand out alone.
    private static func conditions(_ random: inout SplitMix64) -> NetworkConditions {
        var conditions = NetworkConditions()
        conditions.latency =
            [
                .microseconds(50)...(.milliseconds(2)),
                .microseconds(50)...(.milliseconds(50)),
                .milliseconds(1)...(.milliseconds(600)),
            ].randomElement(using: &random) ?? conditions.latency
        guard Int.random(in: 0..<5, using: &random) > 0 else { return conditions }
        conditions.lostRequests = [0, 0.01, 0.05].randomElement(using: &random) ?? 0
        conditions.lostAnswers = [0, 0.01, 0.1].randomElement(using: &random) ?? 0
        conditions.lateRequests = [0, 0.01, 0.05].randomElement(using: &random) ?? 0
        return conditions
    }

    private static func plan(_ random: inout SplitMix64) -> WorkloadPlan {
        var plan = WorkloadPlan()
        plan.carts = .random(in: 1...4, using: &random)
        plan.clients = .random(in: 2...5, using: &random)
        plan.reads = [0.2, 0.5].randomElement(using: &random) ?? 0.5
        plan.cartSize = 6
        plan.keyed = [0, 0.5, 1].randomElement(using: &random) ?? 0.5
        plan.pause = .milliseconds([20, 200, 600].randomElement(using: &random) ?? 200)
        plan.retry.attempts = 8
        return plan
    }

    /// What a fault of a kind comes to, each part so long after its beginning.
    private static func faults(
        _ kind: SimulatedFault.Kind,
        _ distribution: FaultDistribution,
        nodes: Int,
        carts: Int,
        _ random: inout SplitMix64
    ) -> [(after: SimulatedTime, fault: SimulatedFault)] {
        let node = distribution.node(&random)
        let length = span(&random)
        let cut = PartitionDirection.allCases.randomElement(using: &random) ?? .both
        switch kind {
        case .kill:
            return [(.zero, .kill(node: node, restart: span(&random), keepsFolder: .random(using: &random)))]
        case .redeploy:
            return [(.zero, .redeploy(node: node, restart: span(&random)))]
        case .standStill:
            let threads = SimulatedNodeProcess.Threads.allCases.randomElement(using: &random) ?? .all
            return [(.zero, .standStill(node: node, threads, for: length))]
        case .cutRedis:
            let which = Int.random(in: 0..<3, using: &random)
            return [
                (.zero, .cutRedis(node: node, cut, carts: which != 1, heartbeats: which != 0, for: length))
            ]
        case .cutLink:
            return [
                (.zero, .cutLink(from: node, to: .random(in: 0..<nodes, using: &random), cut, for: length))
            ]
        case .cutFront:
            return [(.zero, .cutFront(node: node, cut, for: length))]
        case .redisStandsStill:
            return [(.zero, .redisStandsStill(for: length))]
        case .redisCrash:
            return [(.zero, .redisCrash(losing: nil, restart: span(&random)))]
        case .redisLoss:
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return [(.zero, .redisFlush)]
            case 1: return [(.zero, .redisForgets(cart: .random(in: 0..<carts, using: &random)))]
            default: return [(.zero, .redisCrash(losing: loss(&random), restart: span(&random)))]
            }
        case .stranger:
            return [(.zero, .stranger(node: node, for: length))]
        case .nearMiss:
            let silence = SimulatedTime.milliseconds(.random(in: 2_500...4_300, using: &random))
            var parts: [(after: SimulatedTime, fault: SimulatedFault)] = [
                (.zero, .cutRedis(node: node, .requests, carts: false, heartbeats: true, for: silence))
            ]
            // The others fall asleep with an answer from before the return on its way to them, and awake when their
            // wait is over.
            for sleeper in 0..<nodes where sleeper != node {
                let begin = silence + .milliseconds(.random(in: -400...400, using: &random))
                let end = SimulatedTime.milliseconds(.random(in: 5_000...7_000, using: &random))
                parts.append((begin, .standStill(node: sleeper, .heart, for: end - begin)))
            }
            return parts
        case .unswept:
            let restart = SimulatedTime.milliseconds(.random(in: 1...500, using: &random))
            return [
                (.zero, .redisCrash(losing: loss(&random), restart: restart)),
                (.zero, .cutRedis(node: node, cut, carts: true, heartbeats: false, for: length)),
            ]
        }
    }

    private static func loss(_ random: inout SplitMix64) -> SimulatedTime {
        .milliseconds(.random(in: 10...2_500, using: &random))
    }

    /// From a moment to more than three leases; half of them about as long as a lease, where the protocol's bounds are.
    private static func span(_ random: inout SplitMix64) -> SimulatedTime {
        let ranges: [ClosedRange<Int64>] = [1...300, 300...3_000, 3_000...6_500, 3_500...5_500, 1...17_000]
        return .milliseconds(.random(in: ranges.randomElement(using: &random) ?? 1...300, using: &random))
    }
}
