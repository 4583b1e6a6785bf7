internal import SeededRandom

/// The places and times of a seed's faults: most hit one node and come in short bursts. A node that is hit
/// again before it recovered meets the protocol's time bounds from both sides.
struct FaultDistribution: Sendable {
    /// Length of a burst of faults.
    private static let burst: SimulatedTime = .milliseconds(7_000)

    private let nodes: Int
    private let length: SimulatedTime
    private let victim: Int?
    private let bursts: [SimulatedTime]

    init(nodes: Int, within length: SimulatedTime, using random: inout SplitMix64) {
        self.nodes = nodes
        self.length = length
        victim = random.unit() < 0.6 ? Int.random(in: 0..<nodes, using: &random) : nil
        let count = Int.random(in: 0...2, using: &random)
        bursts = (0..<count).map { _ in Self.time(within: length, using: &random) }
    }

    /// The number of the node that the next fault hits.
    func node(using random: inout SplitMix64) -> Int {
        if let victim, random.unit() < 0.7 { return victim }
        return Int.random(in: 0..<nodes, using: &random)
    }

    /// The time of the next fault.
    func time(using random: inout SplitMix64) -> SimulatedTime {
        guard random.unit() < 0.8, let burst = bursts.randomElement(using: &random) else {
            return Self.time(within: length, using: &random)
        }
        return min(length, burst + Self.time(within: Self.burst, using: &random))
    }

    private static func time(within length: SimulatedTime, using random: inout SplitMix64) -> SimulatedTime {
        SimulatedTime(nanoseconds: .random(in: 0...length.nanoseconds, using: &random))
    }
}
