#if DEBUG
import CartSimulation
import Ownership
import Testing

/// Each rule that safety rests on is switched off in turn: simulations that do not notice prove nothing of the others.
struct MutantTests {
    /// After so many seeds a rule counts as one that nothing needs.
    private static let seeds: UInt64 = 4_000

    /// Which family of seeds a rule is looked for in.
    private static func theme(for rule: SafetyRule) -> Theme {
        // It matters only where an observer sleeps over the return of a session that was silent for nearly a lease.
        rule == .tombstoneChecksCounter ? .nearMisses : .anything
    }

    @Test(arguments: SafetyRule.allCases)
    func `some seed notices that a rule is not kept`(rule: SafetyRule) async {
        let campaign = SimulationCampaign(seeds: 1..<(Self.seeds + 1), theme: Self.theme(for: rule))
        let report = await campaign.run(without: rule)
        print(
            "without \(rule.rawValue): noticed after \(report.seeds) seeds: \(report.failures.first?.violations.first ?? "never")"
        )
        #expect(!report.failures.isEmpty, "nothing needs \(rule.rawValue)")
    }
}
#endif
