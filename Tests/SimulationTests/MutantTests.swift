#if DEBUG
import CartSimulation
import Ownership
import Testing

/// Each rule that safety rests on is switched off in turn: simulations that do not notice prove nothing of the others.
struct MutantTests {
    /// After so many seeds a rule counts as one that nothing needs.
    private static let seeds: UInt64 = 4_000

    /// Noticed by one seed in some thousands only: the conformance suite of the stores holds it instead.
    private static let rare: Set<Rule> = [.tombstoneChecksCounter]

    @Test(arguments: Rule.allCases.filter { !rare.contains($0) })
    func `some seed notices that a rule is not kept`(rule: Rule) async {
        let report = await Campaign(seeds: 1..<(Self.seeds + 1)).run(without: rule)
        print(
            "without \(rule.rawValue): noticed after \(report.seeds) seeds: \(report.failures.first?.violations.first ?? "never")"
        )
        #expect(!report.failures.isEmpty, "nothing needs \(rule.rawValue)")
    }
}
#endif
