#if DEBUG
import CartSimulation
import Ownership
import Testing

/// Disables each safety rule in turn: simulations that do not detect this prove nothing about the other
/// rules.
struct MutantTests {
    /// Number of seeds after which a rule counts as undetected.
    private static let seeds: UInt64 = 4_000

    /// The family of scenarios in which a violation of the rule can show.
    private static func theme(for rule: SwitchableRule) -> Theme {
        // It matters only if an observer is paused while a session returns that was silent for nearly a
        // lease.
        switch rule {
        case .runtime(.tombstoneChecksCounter): .nearMisses
        // Two clocks must be far apart, and heartbeats stop at the right moment.
        case .runtime(.marginCoversDrift): .drifting
        case .runtime, .cart: .anything
        }
    }

    /// The first seed to try. Where a search from seed 1 takes minutes it begins shortly before the seed that
    /// such a search found; docs/simulation.md has that seed. If another change moves it, the search only takes
    /// longer.
    private static func firstSeed(for rule: SwitchableRule) -> UInt64 {
        switch rule {
        case .runtime(.waitFromReceipt): 480
        case .runtime(.refusalLeavesDoubt): 500
        case .runtime(.releaseChecksEpoch): 1_960
        case .runtime(.tombstoneChecksCounter): 3_820
        case .runtime, .cart: 1
        }
    }

    @Test(arguments: SwitchableRule.allCases)
    func `some seed detects that a rule is disabled`(rule: SwitchableRule) async {
        let first = Self.firstSeed(for: rule)
        let campaign = SimulationCampaign(seeds: first..<(first + Self.seeds), theme: Self.theme(for: rule))
        let report = await campaign.run(without: rule)
        let violation = report.failures.first?.violations.first ?? "never"
        print("without \(rule.rawValue): detected after \(report.seeds) seeds from \(first): \(violation)")
        #expect(!report.failures.isEmpty, "no seed detects that \(rule.rawValue) is disabled")
    }
}
#endif
