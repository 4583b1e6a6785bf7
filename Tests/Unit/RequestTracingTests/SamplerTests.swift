import RequestTracing
import Testing

@Suite struct SamplerTests {
    private func context(sampled: Bool, low: UInt64 = 7) throws -> TraceContext {
        TraceContext(
            trace: try #require(TraceID(high: 1, low: low)),
            span: try #require(SpanID(2)),
            flags: sampled ? [.sampled] : []
        )
    }

    @Test(arguments: [
        (Sampler(.always, followsParent: true), true, true),
        (Sampler(.always, followsParent: true), false, false),
        (Sampler(.never, followsParent: true), true, true),
        (Sampler(.never, followsParent: true), false, false),
        (Sampler(.always, followsParent: false), false, true),
        (Sampler(.never, followsParent: false), true, false),
        (Sampler(.init(ratio: 0.5), followsParent: true), false, false),
        (Sampler(.init(ratio: 0.000_001), followsParent: true), true, true),
    ])
    func `a caller's decision counts where it is to be followed`(
        sampler: Sampler,
        isSampled: Bool,
        expected: Bool
    ) throws {
        // The last 8 bytes are those of a trace that a small ratio does not take.
        #expect(sampler.takes(try context(sampled: isSampled, low: .max)) == expected)
    }

    @Test func `a ratio takes the same traces everywhere, and about as many as it says`() throws {
        let rule = Sampler.Rule(ratio: 0.25)
        #expect(rule.takes(low: 0) && rule.takes(low: UInt64.max / 4 - 1))
        #expect(!rule.takes(low: UInt64.max / 4 + 2) && !rule.takes(low: .max))
        let wider = Sampler.Rule(ratio: 0.5)
        var roots = RootSampler(rule, seed: 42)
        let drawn = (0..<100_000).compactMap { _ in roots.draw() }
        #expect((24_000...26_000).contains(drawn.count))
        #expect(drawn.allSatisfy { rule.takes(low: $0) && wider.takes(low: $0) })
        #expect(Set(drawn).count == drawn.count)
    }

    @Test func `the ends of the scale take all and none`() {
        #expect(Sampler.Rule(ratio: 1) == .always && Sampler.Rule(ratio: 2) == .always)
        #expect(Sampler.Rule(ratio: 0) == .never && Sampler.Rule(ratio: -1) == .never)
        var (all, none) = (RootSampler(.always, seed: 1), RootSampler(.never, seed: 1))
        #expect(all.draw() != nil && none.draw() == nil)
    }
}
