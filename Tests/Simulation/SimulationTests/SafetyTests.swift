import CartSimulation
import Testing

/// Number of seeds that a test runs; each gives another cluster with other faults.
private let seeds: UInt64 = 500

struct SafetyTests {
    @Test func `no fault breaks an invariant, and every cart recovers`() async {
        let report = await held(.anything, seeds)
        print(
            "\(report.seeds) seeds, \(report.seedsPerSecond.rounded()) per second,"
                + " \(report.takeovers) takeovers, \(report.attempts) requests"
        )
        // Clusters without load and takeovers prove nothing.
        #expect(report.takeovers > seeds / 2)
        #expect(report.attempts > seeds * 20)
        for occurrence in Occurrence.allCases {
            let count = report.seedsWith[occurrence] ?? 0
            print("\(occurrence.rawValue): in \(count) seeds")
            #expect(count > seeds / 100, "\(occurrence.rawValue)")
        }
    }

    @Test func `sessions that return at the last moment get no tombstone`() async {
        #expect(await held(.nearMisses, 400).takeovers > 100)
    }

    @Test func `clocks that tick five percent apart break no invariant`() async {
        #expect(await held(.drifting, 60).takeovers > 20)
    }

    @Test func `sessions whose return Redis loses get no tombstone`() async {
        #expect(await held(.lostReturns, 40).takeovers > 10)
    }

    @Test func `what a dead owner puts back does not return once a client was told that it is gone`() async {
        #expect(await held(.lateReturns, 100).lost > 20)
    }

    @Test func `bursts that meet a check of live carts cost no session`() async {
        let report = await held(.bursts, 60)
        #expect(report.attempts > 60 * 15)
    }

    /// Runs seeds of a theme from the first on, and expects that every invariant holds.
    private func held(_ theme: Theme, _ count: UInt64) async -> CampaignReport {
        let report = await SimulationCampaign(seeds: 1..<(count + 1), theme: theme).run()
        for failure in report.failures {
            let violations = failure.violations.joined(separator: "\n")
            Issue.record("scripts/simulate --theme \(theme.rawValue) --seed \(failure.seed): \(violations)")
        }
        #expect(report.seeds == count)
        return report
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
