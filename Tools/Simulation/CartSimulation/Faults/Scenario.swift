internal import CartWorkload
internal import Ownership
internal import SeededRandom

/// The parameters of a simulation, all drawn from one seed: nodes, policies, network conditions, workload and
/// faults.
package struct Scenario: Sendable {
    let seed: UInt64
    let nodes: Int
    let lease: LeasePolicy
    /// The length of each node's lease. In some seeds one node's differs, as in a rolling change of it.
    let leaseLengths: [Duration]
    /// The drift of each node's clock in microseconds a second. Two clocks tick up to 5 % apart, but never
    /// further than the margin covers.
    let drifts: [Int64]
    let hiccups: Hiccups
    /// The number of event loops of each node.
    let loops: Int
    let conditions: NetworkConditions
    let plan: WorkloadPlan
    let storageConfigurations: [StorageConfiguration]
    let limits: Limits
    /// When carts move to the node that asks for them; nil where they never do.
    let following: Following?
    /// The probability that a client goes away while its request is served.
    let cancellations: Double
    /// Length of the phase with faults.
    let safetyPhase: SimulatedTime
    let faults: [(time: SimulatedTime, fault: SimulatedFault)]
    let kinds: [SimulatedFault.Kind]

    /// The usual length of a lease.
    static let lease: Duration = .milliseconds(5_000)

    package init(seed: UInt64, theme: Theme = .anything) {
        var random = SplitMix64(seed: seed)
        self.seed = seed
        nodes = .random(in: 2...4, using: &random)
        var settings = Settings(using: &random)
        storageConfigurations = StorageConfiguration.drawn(from: seed)
        safetyPhase = .milliseconds(.random(in: 10_000...30_000, using: &random))
        settings.drawKinds(using: &random)
        leaseLengths = theme == .anything ? Self.leaseLengths(of: nodes, from: seed) : Self.usual(nodes)
        settings.apply(theme)
        lease = settings.lease
        hiccups = settings.hiccups
        loops = seed.isMultiple(of: 2) ? 1 : 2
        conditions = settings.conditions
        var plan = settings.plan
        kinds = settings.kinds
        limits = theme == .anything ? Self.limits(from: seed, &plan) : settings.limits
        following = theme == .anything ? Self.following(from: seed, limits) : nil
        cancellations = theme == .anything ? Self.cancellations(from: seed) : 0
        self.plan = plan
        drifts =
            switch theme {
            case .anything:
                Self.drifts(
                    from: seed,
                    margin: lease.margin,
                    longest: leaseLengths.max() ?? Self.lease,
                    nodes: nodes
                )
            case .drifting: [-25_000] + Array(repeating: 25_000, count: nodes - 1)
            case .nearMisses, .lostReturns, .lateReturns, .bursts: Array(repeating: 0, count: nodes)
            }
        let distribution = FaultDistribution(nodes: nodes, within: safetyPhase, using: &random)
        var faults: [(time: SimulatedTime, fault: SimulatedFault)] = []
        for number in 0..<settings.count {
            let kind = kinds.randomElement(using: &random) ?? .kill
            let time = Self.time(of: number, kind, from: distribution, using: &random)
            let parts = Self.faults(
                kind,
                from: distribution,
                nodes: nodes,
                carts: plan.carts,
                using: &random
            )
            for (after, fault) in parts { faults.append((time + after, fault)) }
        }
        if theme == .anything {
            faults += Self.twoLosses(from: seed, within: safetyPhase)
            faults += Self.fullPhases(from: seed, within: safetyPhase)
            faults += Self.refusals(from: seed, within: safetyPhase)
            if following != nil {
                faults += Self.doubtfulReleases(from: seed, nodes: nodes, within: safetyPhase)
            }
            faults += Self.overwritings(from: seed, within: safetyPhase, carts: plan.carts)
        }
        // No fault begins after the phase.
        let end = safetyPhase
        self.faults = faults.filter { $0.time <= end }.sorted { $0.time < $1.time }
    }

    /// The drifts of the nodes' clocks: none in half of the seeds. They come from a generator of their own.
    private static func drifts(from seed: UInt64, margin: Duration, longest: Duration, nodes: Int) -> [Int64]
    {
        var random = SplitMix64(seed: seed).fork(11)
        guard Bool.random(using: &random) else { return Array(repeating: 0, count: nodes) }
        let limit = min(25_000, Int64(margin / longest * 1_000_000 * 0.98))
        return (0..<nodes).map { _ in
            switch Int.random(in: 0..<3, using: &random) {
            case 0: limit
            case 1: -limit
            default: .random(in: -limit...limit, using: &random)
            }
        }
    }

    private static func usual(_ nodes: Int) -> [Duration] { Array(repeating: lease, count: nodes) }

    /// The lengths of the nodes' leases: in every fourth seed one node has another one. They come from a
    /// generator of their own, so that they change nothing else that the seed determines.
    private static func leaseLengths(of nodes: Int, from seed: UInt64) -> [Duration] {
        var lengths = usual(nodes)
        var random = SplitMix64(seed: seed).fork(7)
        guard Int.random(in: 0..<4, using: &random) == 0 else { return lengths }
        lengths[.random(in: lengths.indices, using: &random)] = .milliseconds(
            Bool.random(using: &random) ? 2_500 : 8_000
        )
        return lengths
    }

    /// The longest lease of any node.
    var longestLease: SimulatedTime { SimulatedTime(leaseLengths.max() ?? Self.lease) }

    /// The faults that make up one fault of a kind, each with its delay after the beginning.
    private static func faults(
        _ kind: SimulatedFault.Kind,
        from distribution: FaultDistribution,
        nodes: Int,
        carts: Int,
        using random: inout SplitMix64
    ) -> [(after: SimulatedTime, fault: SimulatedFault)] {
        let node = distribution.node(using: &random)
        let length = span(using: &random)
        let cut = PartitionDirection.allCases.randomElement(using: &random) ?? .both
        switch kind {
        case .kill:
            return [
                (
                    .zero,
                    .kill(node: node, restart: span(using: &random), keepsFolder: .random(using: &random))
                )
            ]
        case .redeploy:
            return [(.zero, .redeploy(node: node, restart: span(using: &random)))]
        case .pause:
            let threads = SimulatedNodeProcess.Threads.allCases.randomElement(using: &random) ?? .all
            return [(.zero, .pause(node: node, threads, for: length))]
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
        case .redisPause:
            return [(.zero, .redisPause(for: length))]
        case .redisCrash:
            return [(.zero, .redisCrash(losing: nil, restart: span(using: &random)))]
        case .redisLoss:
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return [(.zero, .redisFlush)]
            case 1: return [(.zero, .redisForgets(cart: .random(in: 0..<carts, using: &random)))]
            default:
                return [(.zero, .redisCrash(losing: loss(using: &random), restart: span(using: &random)))]
            }
        case .stranger:
            return [(.zero, .stranger(node: node, for: length))]
        case .nearMiss:
            let silence = SimulatedTime.milliseconds(.random(in: 2_500...4_300, using: &random))
            var parts: [(after: SimulatedTime, fault: SimulatedFault)] = [
                (.zero, .cutRedis(node: node, .requests, carts: false, heartbeats: true, for: silence))
            ]
            // The others are paused while an answer from before the return is on its way to them, and
            // continue when their wait is over.
            for observer in 0..<nodes where observer != node {
                let begin = silence + .milliseconds(.random(in: -400...400, using: &random))
                let end = SimulatedTime.milliseconds(.random(in: 5_000...7_000, using: &random))
                parts.append((begin, .pause(node: observer, .heart, for: end - begin)))
            }
            return parts
        case .silence:
            let length = SimulatedTime.milliseconds(.random(in: 5_500...7_000, using: &random))
            return [(.zero, .cutRedis(node: 0, .requests, carts: false, heartbeats: true, for: length))]
        case .unswept:
            let restart = SimulatedTime.milliseconds(.random(in: 1...500, using: &random))
            return [
                (.zero, .redisCrash(losing: loss(using: &random), restart: restart)),
                (.zero, .cutRedis(node: node, cut, carts: true, heartbeats: false, for: length)),
            ]
        case .lostReturn: return lostReturn(of: node, among: nodes, using: &random)
        case .lateReturn: return lateReturn(of: node, using: &random)
        case .failOver: return failOver(among: nodes, using: &random)
        }
    }

    /// Two losses in a row, in one seed of five. They come from a generator of their own, so that they change
    /// nothing else that the seed determines.
    private static func twoLosses(
        from seed: UInt64,
        within length: SimulatedTime
    ) -> [(time: SimulatedTime, fault: SimulatedFault)] {
        var random = SplitMix64(seed: seed &* 3 &+ 1)
        guard Int.random(in: 0..<5, using: &random) == 0 else { return [] }
        let holding = SimulatedTime.milliseconds(.random(in: 300...2_500, using: &random))
        let between = holding + .milliseconds(.random(in: 300...3_000, using: &random))
        let late = SimulatedTime.milliseconds(.random(in: 0...400, using: &random))
        let latest = max(.zero, length - between)
        let time = SimulatedTime(nanoseconds: .random(in: 0...latest.nanoseconds, using: &random))
        return [(time, .twoLosses(holding: holding, between: between, late: late))]
    }

    /// Up to three phases in which Redis is out of memory, in one seed of five, and from a generator of their
    /// own.
    private static func fullPhases(
        from seed: UInt64,
        within length: SimulatedTime
    ) -> [(time: SimulatedTime, fault: SimulatedFault)] {
        var random = SplitMix64(seed: seed &* 5 &+ 2)
        guard Int.random(in: 0..<5, using: &random) == 0 else { return [] }
        return (0..<Int.random(in: 1...3, using: &random)).map { _ in
            let time = SimulatedTime(nanoseconds: .random(in: 0...length.nanoseconds, using: &random))
            return (time, .redisFull(for: .milliseconds(.random(in: 100...6_000, using: &random))))
        }
    }

    /// The age of the data that a lossy crash falls back to.
    private static func loss(using random: inout SplitMix64) -> SimulatedTime {
        .milliseconds(.random(in: 10...2_500, using: &random))
    }

    /// A length from 1 ms to more than three leases. Two of five are about a lease, where the protocol's
    /// bounds are.
    private static func span(using random: inout SplitMix64) -> SimulatedTime {
        let ranges: [ClosedRange<Int64>] = [1...300, 300...3_000, 3_000...6_500, 3_500...5_500, 1...17_000]
        return .milliseconds(.random(in: ranges.randomElement(using: &random) ?? 1...300, using: &random))
    }
}
