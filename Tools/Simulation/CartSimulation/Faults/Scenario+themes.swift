internal import CartWorkload
internal import Ownership
internal import SeededRandom

extension Scenario {
    /// The parameters of a seed that its theme may change.
    struct Settings {
        var lease: LeasePolicy
        var hiccups: Hiccups
        var conditions: NetworkConditions
        var plan: WorkloadPlan
        var kinds: [SimulatedFault.Kind] = []
        /// The number of faults.
        var count = 0
        var limits = Limits()

        init(using random: inout SplitMix64) {
            lease = LeasePolicy(
                length: Scenario.lease,
                // Clocks drift as far as the margin allows, so that a large one hides no mistake.
                margin: .milliseconds([20, 100, 500].randomElement(using: &random) ?? 500),
                heartbeatInterval: .milliseconds([500, 1_000].randomElement(using: &random) ?? 500)
            )
            hiccups = Hiccups(
                reorders: .random(using: &random),
                probability: [0, 0, 0.002, 0.01].randomElement(using: &random) ?? 0,
                longest: .milliseconds([5, 100, 1_500].randomElement(using: &random) ?? 5)
            )
            conditions = Self.conditions(using: &random)
            plan = Self.plan(using: &random)
        }

        mutating func drawKinds(using random: inout SplitMix64) {
            kinds = SimulatedFault.Kind.allCases.filter { !$0.isOfTheme && random.unit() < 0.35 }
            if kinds.isEmpty { kinds = [.kill] }
            // On a fast network a session that returns late is not a near miss.
            isSlow = kinds.contains(.nearMiss) && random.unit() < 0.7
            count = Int.random(in: 2...12, using: &random)
        }

        private var isSlow = false

        /// Most seeds have some loss and delay throughout; every fifth has none, so that it shows the effect
        /// of faults alone.
        private static func conditions(using random: inout SplitMix64) -> NetworkConditions {
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

        private static func plan(using random: inout SplitMix64) -> WorkloadPlan {
            var plan = WorkloadPlan()
            plan.carts = .random(in: 1...4, using: &random)
            plan.clients = .random(in: 2...5, using: &random)
            plan.reads = [0.2, 0.5].randomElement(using: &random) ?? 0.5
            plan.cartSize = 6
            plan.keyed = [0, 0.5, 1].randomElement(using: &random) ?? 0.5
            plan.pause = .milliseconds([20, 200, 600].randomElement(using: &random) ?? 200)
            plan.retry.attempts = 8
            plan.useEveryAction()
            return plan
        }

        /// Replaces what the theme determines. Themes other than `anything` have no other faults, no pauses
        /// beside those of their faults, and time bounds as close to each other as they can be.
        mutating func apply(_ theme: Theme) {
            guard theme != .anything else {
                if isSlow { conditions = conditions.slow }
                return
            }
            hiccups = Hiccups(reorders: hiccups.reorders, probability: 0, longest: hiccups.longest)
            conditions = .reliable
            switch theme {
            case .anything: break
            case .nearMisses:
                lease = Self.tight(heartbeatInterval: .milliseconds(1_000))
                conditions = conditions.slow
                (kinds, count) = ([.nearMiss], 12)
            case .drifting:
                lease = LeasePolicy(length: Scenario.lease)
                (kinds, count) = ([.silence], 4)
            case .lostReturns:
                lease = Self.tight(heartbeatInterval: Scenario.lostReturnHeartbeat)
                conditions.latency = .milliseconds(1)...(.milliseconds(50))
                plan.pause = .milliseconds(600)
                (kinds, count) = ([.lostReturn], 3)
            case .lateReturns:
                lease = Self.tight(heartbeatInterval: .milliseconds(500))
                conditions.latency = .milliseconds(1)...(.milliseconds(50))
                plan.reads = 0.8
                plan.pause = .milliseconds(600)
                (kinds, count) = ([.lateReturn], 2)
            case .bursts:
                // Jobs of a process overtake each other, and few answers take longer than the judge of sessions
                // calls in time.
                hiccups = Hiccups(reorders: true, probability: 0, longest: hiccups.longest)
                lease = Self.tight(heartbeatInterval: .milliseconds(500))
                conditions.latency = .milliseconds(1)...(.milliseconds(90))
                useBursts()
                (kinds, count) = ([.failOver], 4)
            }
        }

        private static func tight(heartbeatInterval: Duration) -> LeasePolicy {
            LeasePolicy(
                length: Scenario.lease,
                margin: .milliseconds(20),
                heartbeatInterval: heartbeatInterval
            )
        }

        /// One change of a cart in each burst: the others expect the version before it, and are refused.
        private mutating func useBursts() {
            limits.idleTimeout = .seconds(60)
            plan.carts = min(plan.carts, 2)
            plan.clients = 6
            plan.reads = 0
            plan.others = 0
            plan.repeats = 0
            plan.conditional = 1
            plan.pause = Scenario.burstInterval.duration
        }
    }

    /// The time between two heartbeats where returns are lost: three of them are a little longer than a lease.
    static let lostReturnHeartbeat: Duration = .milliseconds(1_900)
    /// The time between two bursts: longer than a lease.
    static let burstInterval: SimulatedTime = .milliseconds(6_500)

    /// The time at which a fault begins. Those that last for about a lease and would spoil each other come one
    /// after the other.
    static func time(
        of number: Int,
        _ kind: SimulatedFault.Kind,
        from distribution: FaultDistribution,
        using random: inout SplitMix64
    ) -> SimulatedTime {
        let number = Int64(number)
        switch kind {
        case .lostReturn:
            return .milliseconds(number * 9_000 + .random(in: 0...1_900, using: &random))
        case .lateReturn:
            return .milliseconds(number * 12_000 + .random(in: 0...2_000, using: &random))
        case .failOver:
            // A burst takes some time itself, so that the next is a little later.
            let burst = (number + 1) * (Self.burstInterval.nanoseconds / 1_000_000 + 350)
            return .milliseconds(burst - .random(in: -100...600, using: &random))
        case .kill, .redeploy, .pause, .cutRedis, .cutLink, .cutFront, .redisPause, .redisCrash, .redisLoss,
            .stranger, .nearMiss, .silence, .unswept:
            return distribution.time(using: &random)
        }
    }

    /// A session that falls silent for nearly a lease, and another node that stands still from its last look
    /// at the silent session until it calls it dead.
    static func lostReturn(
        of node: Int,
        among nodes: Int,
        using random: inout SplitMix64
    ) -> [(after: SimulatedTime, fault: SimulatedFault)] {
        let silence = SimulatedTime.milliseconds(.random(in: 2_200...4_200, using: &random))
        let look = SimulatedTime.milliseconds(.random(in: 2_000...4_000, using: &random))
        // Just short of the time that a node has for tombstones in one round.
        let sleep = SimulatedTime(lostReturnHeartbeat) - .milliseconds(250)
        return [
            (.zero, .cutRedis(node: node, .requests, carts: false, heartbeats: true, for: silence)),
            (look, .loseReturn(observer: (node + 1) % nodes, for: sleep)),
        ]
    }

    /// A loss of all data, and the death of a process that has found out. What it puts back arrives at about
    /// the time at which the others, which find out within a heartbeat, call the generation settled.
    static func lateReturn(
        of node: Int,
        using random: inout SplitMix64
    ) -> [(after: SimulatedTime, fault: SimulatedFault)] {
        let arrival = SimulatedTime(lease) + .milliseconds(.random(in: 200...2_500, using: &random))
        let fault = SimulatedFault.lossAndDeath(
            node: node,
            holding: .milliseconds(.random(in: 600...2_000, using: &random)),
            arrival: arrival,
            restart: arrival + .milliseconds(.random(in: 500...2_000, using: &random))
        )
        return [(.zero, fault)]
    }

    /// A fail-over, after which every node stands still as soon as it has asked for the owners of what is
    /// live: what comes meanwhile is then in any order.
    static func failOver(
        among nodes: Int,
        using random: inout SplitMix64
    ) -> [(after: SimulatedTime, fault: SimulatedFault)] {
        var parts: [(after: SimulatedTime, fault: SimulatedFault)] = [(.zero, .redisFailOver)]
        for node in 0..<nodes {
            let length = SimulatedTime.milliseconds(.random(in: 50...300, using: &random))
            parts.append((.zero, .pauseAfter(script: "ownership", node: node, .work, for: length)))
        }
        return parts
    }
}
