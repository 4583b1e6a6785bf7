internal import SeededRandom

/// The faults of a chaos run, drawn from its seed. Each round depends on the seed and its number alone.
package struct FaultSchedule: Sendable {
    package let seed: UInt64
    package let nodes: Int
    package let lease: Lease

    package init(seed: UInt64, nodes: Int, lease: Lease) {
        self.seed = seed
        self.nodes = nodes
        self.lease = lease
    }

    /// The two overlapping faults of a round.
    ///
    /// - Parameter number: the round's number, from 1.
    package func round(_ number: Int) -> [ScheduledFault] {
        var random = SplitMix64(seed: seed).fork(UInt64(number))
        let first = fault(start: .zero, using: &random)
        let start = first.length * Double.random(in: 0.1...0.8, using: &random)
        var second = fault(start: start, using: &random)
        while !second.isCompatible(with: first) {
            second = fault(start: start, using: &random)
        }
        return [first, second]
    }

    private func fault(start: Duration, using random: inout SplitMix64) -> ScheduledFault {
        let node = Int.random(in: 0..<nodes, using: &random)
        let length = lease.length * Double.random(in: 0.3...2.5, using: &random)
        return ScheduledFault(kind(using: &random), node: node, start: start, length: length)
    }

    private func kind(using random: inout SplitMix64) -> ScheduledFault.Kind {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<8: .node(nodeFault(using: &random))
        case 8: .everyNodeKilled
        case 9..<13: .pathToRedis(networkFault(using: &random))
        case 13..<16: .pathToNode(networkFault(using: &random))
        case _: .redis(redisFault(using: &random))
        }
    }

    private func nodeFault(using random: inout SplitMix64) -> NodeFault {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: .killed
        case 2:
            .killedAt(
                one(
                    of: ["commit.sending", "commit.answered", "claim.sending", "claim.granted"],
                    using: &random
                ),
                hit: Int.random(in: 1...60, using: &random)
            )
        case 3, 4:
            .killedLeaving(one(of: Self.stepsOfLeaving, using: &random))
        case 5: .redeployed
        case 6, 7: .paused
        case 8: .starved
        case _:
            one(
                of: [
                    .heartbeatsLate(lease.heartbeat * 3), .heartbeatsLate(lease.length), .requestsStuck,
                ],
                using: &random
            )
        }
    }

    /// The failpoints that a leaving node reaches, in order.
    package static let stepsOfLeaving = [
        "drain.begun", "drain.announced", "release.sending", "release.answered", "drain.released",
        "tombstone.sending", "tombstone.answered",
    ]

    private func networkFault(using random: inout SplitMix64) -> NetworkFault {
        switch Int.random(in: 0..<11, using: &random) {
        case 0: .cut
        case 1: .requestsLost
        case 2: .repliesLost
        case 3: .requestsHeld
        case 4: .allHeld
        case 5: .refused
        case 6: .severed
        case 7:
            .delayed(
                .milliseconds(Int.random(in: 5...150, using: &random)),
                jitter: .milliseconds(Int.random(in: 0...150, using: &random))
            )
        case 8: .throttled(bytesPerSecond: Int.random(in: 5_000...100_000, using: &random))
        case 9: .reset(after: Int.random(in: 1...20_000, using: &random))
        case _: .split
        }
    }

    private func redisFault(using random: inout SplitMix64) -> RedisFault {
        one(of: [.killed, .paused, .scriptsFlushed, .clientsKilled, .tailLost, .flushed], using: &random)
    }

    private func one<Element>(of elements: [Element], using random: inout SplitMix64) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }
}
