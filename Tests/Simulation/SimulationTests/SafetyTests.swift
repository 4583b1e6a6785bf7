import CartSimulation
import Testing

/// Number of seeds that a test runs; each gives another cluster with other faults.
private let seeds: UInt64 = 2_000

struct SafetyTests {
    @Test func `no fault breaks an invariant, and every cart recovers`() async {
        let report = await SimulationCampaign(seeds: 1..<(seeds + 1)).run()
        for failure in report.failures {
            Issue.record(
                "scripts/simulate --seed \(failure.seed): \(failure.violations.joined(separator: "\n"))"
            )
        }
        print(
            "\(report.seeds) seeds, \(report.seedsPerSecond.rounded()) per second,"
                + " \(report.takeovers) takeovers, \(report.attempts) requests"
        )
        #expect(report.seeds == seeds)
        // Clusters without load and takeovers prove nothing.
        #expect(report.takeovers > seeds / 2)
        #expect(report.attempts > seeds * 20)
    }

    @Test func `sessions that return at the last moment get no tombstone`() async {
        let report = await SimulationCampaign(seeds: 1..<401, theme: .nearMisses).run()
        for failure in report.failures {
            let violations = failure.violations.joined(separator: "\n")
            Issue.record("scripts/simulate --theme nearMisses --seed \(failure.seed): \(violations)")
        }
        #expect(report.seeds == 400)
        #expect(report.takeovers > 100)
    }

    @Test func `clocks that tick five percent apart break no invariant`() async {
        let report = await SimulationCampaign(seeds: 1..<61, theme: .drifting).run()
        for failure in report.failures {
            let violations = failure.violations.joined(separator: "\n")
            Issue.record("scripts/simulate --theme drifting --seed \(failure.seed): \(violations)")
        }
        #expect(report.seeds == 60)
        #expect(report.takeovers > 20)
    }

    @Test(arguments: UInt64(1)...20)
    func `a seed takes the same course each time, traced or not`(seed: UInt64) async {
        let (first, second, traced) = await SimulationThread.run {
            (
                Simulation.run(seed: seed), Simulation.run(seed: seed),
                Simulation.run(seed: seed, traces: true)
            )
        }
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.steps == second.steps)
        #expect(first.fingerprint == traced.fingerprint)
        #expect(!traced.trace.isEmpty)
    }

    @Test func `seeds differ`() async {
        let prints = await SimulationThread.run { Set((1...20).map { Simulation.run(seed: $0).fingerprint }) }
        #expect(prints.count == 20)
    }
}
