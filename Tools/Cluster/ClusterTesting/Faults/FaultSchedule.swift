internal import SeededRandom

/// The faults of a chaos run, drawn from its seed: the same seed, the same faults, and any round by itself.
package struct FaultSchedule: Sendable {
    package let seed: UInt64
    package let nodes: Int
    package let lease: Lease

    package init(seed: UInt64, nodes: Int, lease: Lease) {
        self.seed = seed
        self.nodes = nodes
        self.lease = lease
    }

    /// The two faults of a round, which overlap.
    ///
    /// - Parameter number: counted from 1.
    package func round(_ number: Int) -> [ScheduledFault] {
        var random = SplitMix64(seed: seed).fork(UInt64(number))
        let first = fault(&random, start: .zero)
        var second = fault(&random, start: first.length * Double.random(in: 0.1...0.8, using: &random))
        while !second.goes(with: first) {
            second = fault(&random, start: second.start)
        }
        return [first, second]
    }

    private func fault(_ random: inout SplitMix64, start: Duration) -> ScheduledFault {
        let node = Int.random(in: 0..<nodes, using: &random)
        let length = lease.length * Double.random(in: 0.3...2.5, using: &random)
        return ScheduledFault(kind(&random), node: node, start: start, length: length)
    }

    private func kind(_ random: inout SplitMix64) -> ScheduledFault.Kind {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<8: .node(nodeFault(&random))
        case 8: .everyNodeKilled
        case 9..<13: .pathToRedis(networkFault(&random))
        case 13..<16: .pathToNode(networkFault(&random))
        case _: .redis(redisFault(&random))
        }
    }

    private func nodeFault(_ random: inout SplitMix64) -> NodeFault {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: .killed
        case 2:
            .killedAt(
                one(of: ["commit.sending", "commit.answered", "claim.sending", "claim.granted"], &random),
                hit: Int.random(in: 1...60, using: &random)
            )
        case 3, 4:
            .killedLeaving(one(of: Self.stepsOfLeaving, &random))
        case 5: .redeployed
        case 6, 7: .paused
        case 8: .starved
        case _:
            one(
                of: [
                    .heartbeatsLate(lease.heartbeat * 3), .heartbeatsLate(lease.length), .requestsStuck,
                ],
                &random
            )
        }
    }

    /// The failpoints that a leaving node comes by, in order.
    package static let stepsOfLeaving = [
        "drain.begun", "drain.announced", "release.sending", "release.answered", "drain.released",
        "tombstone.sending", "tombstone.answered",
    ]

    private func networkFault(_ random: inout SplitMix64) -> NetworkFault {
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

    private func redisFault(_ random: inout SplitMix64) -> RedisFault {
        one(of: [.killed, .paused, .scriptsFlushed, .clientsKilled, .tailLost, .flushed], &random)
    }

    private func one<Element>(of elements: [Element], _ random: inout SplitMix64) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }
}
