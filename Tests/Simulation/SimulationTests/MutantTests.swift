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
        // The return of such a session must be lost before the tombstone comes.
        case .runtime(.tombstoneNamesGeneration): .lostReturns
        // A node must die between its republish and the arrival of that.
        case .runtime(.republishNamesDeadline): .lateReturns
        case .runtime, .cart: .anything
        }
    }

    /// The rules whose lack shows by itself.
    private static let firstLines = SwitchableRule.allCases.filter {
        !$0.isSecondLine && !$0.needsManyServers
    }

    /// The first seed to try. Where a search from seed 1 takes minutes it begins shortly before the seed that
    /// such a search found; docs/simulation.md has that seed. If another change moves it, the search only takes
    /// longer.
    private static func firstSeed(for rule: SwitchableRule) -> UInt64 {
        switch rule {
        case .runtime(.ownerProlongsLife): 210
        case .runtime(.claimAttempt): 250
        case .runtime(.longerLeaseCounts): 260
        case .runtime(.waitFromReceipt): 750
        case .runtime(.refusalLeavesDoubt): 1_580
        case .runtime(.deadlineFromSend): 1_735
        case .runtime(.handOverStandsInDoubt): 3_175
        case .runtime(.sweepBeforeLease): 1_195
        case .runtime(.releaseChecksEpoch): 3_930
        case .runtime(.tombstoneChecksCounter): 4_035
        case .runtime, .cart: 1
        }
    }

    @Test(arguments: firstLines)
    func `some seed detects that a rule is disabled`(rule: SwitchableRule) async {
        let first = Self.firstSeed(for: rule)
        let campaign = SimulationCampaign(seeds: first..<(first + Self.seeds), theme: Self.theme(for: rule))
        let report = await campaign.run(without: [rule])
        let violation = report.failures.first?.violations.first ?? "never"
        print("without \(rule.rawValue): detected after \(report.seeds) seeds from \(first): \(violation)")
        #expect(!report.failures.isEmpty, "no seed detects that \(rule.rawValue) is disabled")
    }

    @Test func `a session that obeys its tombstone is a second line behind its deadline`() async {
        func report(without rules: [SafetyRule]) async -> CampaignReport {
            // All of them: the counts are compared.
            let campaign = SimulationCampaign(seeds: 1..<151, failureLimit: .max)
            return await campaign.run(without: rules.map { .runtime($0) })
        }
        #expect(await report(without: [.deadEndsSession]).failures.isEmpty)
        // A session that does not look at its deadline ends at its first heartbeat after the tombstone. One that
        // ignores that too is still there when its carts are taken.
        let obeying = await report(without: [.deadlineCheck])
        let ignoring = await report(without: [.deadlineCheck, .deadEndsSession])
        print("carts taken from live sessions: \(obeying.takings), then \(ignoring.takings)")
        #expect(!obeying.failures.isEmpty)
        #expect(ignoring.takings > obeying.takings)
    }
}

extension CampaignReport {
    /// The number of carts that were taken from a session that might still act.
    fileprivate var takings: Int {
        failures.reduce(0) { $0 + $1.violations.count { $0.contains("taken from") } }
    }
}
#endif
