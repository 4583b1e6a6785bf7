internal import CartWorkload

/// Where and when most of a seed's faults happen: what is hit once must be hit again before it has got well, or bounds are
/// never met from both sides.
struct FaultDistribution: Sendable {
    /// How long a burst of faults lasts.
    private static let burst: SimulatedTime = .milliseconds(7_000)

    private let nodes: Int
    private let length: SimulatedTime
    private let victim: Int?
    private let bursts: [SimulatedTime]

    init(nodes: Int, within length: SimulatedTime, _ random: inout SplitMix64) {
        self.nodes = nodes
        self.length = length
        victim = random.unit() < 0.6 ? Int.random(in: 0..<nodes, using: &random) : nil
        let count = Int.random(in: 0...2, using: &random)
        bursts = (0..<count).map { _ in Self.time(within: length, &random) }
    }

    func node(_ random: inout SplitMix64) -> Int {
        if let victim, random.unit() < 0.7 { return victim }
        return Int.random(in: 0..<nodes, using: &random)
    }

    func time(_ random: inout SplitMix64) -> SimulatedTime {
        guard random.unit() < 0.8, let burst = bursts.randomElement(using: &random) else {
            return Self.time(within: length, &random)
        }
        return min(length, burst + Self.time(within: Self.burst, &random))
    }

    private static func time(within length: SimulatedTime, _ random: inout SplitMix64) -> SimulatedTime {
        SimulatedTime(nanoseconds: .random(in: 0...length.nanoseconds, using: &random))
    }
}
