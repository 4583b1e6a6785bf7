import Ownership
import Testing

/// Random walks keep the promises of `docs/model/cluster`, and do not without the rules.
@Suite struct ShardWalkTests {
    /// The state after a walk, if it broke a promise.
    private func brokenWalk(_ seed: UInt64) -> ShardWorld? {
        var world = ShardWorld(seed: seed)
        world.walk(300)
        return world.broken == nil ? nil : world
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `no walk breaks a promise`(seed: UInt64) {
        let world = brokenWalk(seed)
        let trace = world?.trace.joined(separator: "\n") ?? ""
        #expect(world?.broken == nil, "after:\n\(trace)")
    }

    #if DEBUG
    /// Rules whose lack shows soon, each with the first seed that shows it.
    private static let rules: [(SafetyRule, UInt64)] = [
        (.offerDormant, 3), (.moveGate, 4), (.quickSettled, 4), (.verifyAfterChange, 7),
        (.generationGate, 16),
    ]

    @Test(arguments: rules)
    func `some walk breaks a promise without the rule`(rule: SafetyRule, first: UInt64) {
        // If another change moves the seed, the search only takes longer.
        let seed = SafetyRule.$switchedOff.withValue([rule]) {
            (first...(first + 100)).first { brokenWalk($0) != nil }
        }
        #expect(seed != nil, "no walk shows that \(rule.rawValue) is off")
    }
    #endif
}
