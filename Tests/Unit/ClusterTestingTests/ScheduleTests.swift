import ClusterTesting
import Testing

/// The faults that a chaos run draws from its seed.
@Suite struct ScheduleTests {
    @Test func `the same seed has the same faults in every round, whichever is drawn first`() {
        let one = FaultSchedule(seed: 42, nodes: 3, lease: .short)
        let other = FaultSchedule(seed: 42, nodes: 3, lease: .short)
        let forwards = (1...50).map(one.round)
        let backwards = (1...50).reversed().map(other.round)
        #expect(forwards == backwards.reversed())
        #expect(Set(forwards).count == 50)
        #expect(FaultSchedule(seed: 43, nodes: 3, lease: .short).round(1) != forwards[0])
    }

    @Test func `a round has two faults that overlap and that may be together`() {
        for seed in 1...200 as ClosedRange<UInt64> {
            let faults = FaultSchedule(seed: seed, nodes: 3, lease: .short).round(1)
            #expect(faults.count == 2)
            #expect(
                faults[0].isCompatible(with: faults[1]) && faults[1].isCompatible(with: faults[0]),
                "\(faults)"
            )
            #expect(faults[1].start < faults[0].length, "\(faults)")
        }
    }

    @Test func `no owner dies while Redis forgets`() {
        let flush = ScheduledFault(.redis(.flushed), length: .zero)
        for kind in [
            ScheduledFault.Kind.node(.killed), .everyNodeKilled, .pathToRedis(.cut), .redis(.killed),
        ] {
            #expect(!flush.isCompatible(with: ScheduledFault(kind, length: .seconds(1))))
        }
        #expect(flush.isCompatible(with: ScheduledFault(.pathToNode(.cut), length: .seconds(1))))
    }
}
