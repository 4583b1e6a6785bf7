import Testing

@testable import Dashboard

@Suite struct RateTests {
    private typealias Buckets = NodeTotals.Buckets

    @Test func `rates are what came between two samples, a second`() throws {
        let former = sampled(at: 0) {
            $0.requests = 100
            $0.commits = 10
            $0.restores = 0
        }
        let present = sampled(at: 2) {
            $0.requests = 300
            $0.commits = 15
            $0.restores = 1
        }
        let rates = try #require(NodeRates(from: former, to: present))
        #expect(rates.requests == 100)
        #expect(rates.commits == 2.5)
        #expect(rates.restores == 0.5)
        #expect(rates.p99 == nil)
    }

    @Test func `what is not counted in both samples has no rate`() throws {
        let former = sampled(at: 0) { $0.commits = 5 }
        let present = sampled(at: 1) { $0.requests = 1_000_000 }
        let rates = try #require(NodeRates(from: former, to: present))
        #expect(rates.requests == nil)
        #expect(rates.commits == nil)
    }

    @Test func `two samples of one moment have no rates`() {
        #expect(NodeRates(from: sampled(at: 1), to: sampled(at: 1)) == nil)
    }

    @Test func `a quantile is the bound of its bucket among what is new`() {
        let bounds = [0.001, 0.01, 0.1]
        let former = Buckets(bounds: bounds, counts: [1_000, 1_000, 1_000, 0])
        let present = Buckets(bounds: bounds, counts: [1_098, 1_001, 1_001, 0])
        #expect(present.quantile(0.5, after: former) == 0.001)
        #expect(present.quantile(0.99, after: former) == 0.01)
        #expect(present.quantile(1, after: former) == 0.1)
    }

    @Test func `a quantile is nil without requests, beyond the last bound, and between different buckets`() {
        let former = Buckets(bounds: [1], counts: [5, 5])
        #expect(former.quantile(0.99, after: former) == nil)
        #expect(Buckets(bounds: [1], counts: [5, 6]).quantile(0.99, after: former) == nil)
        #expect(Buckets(bounds: [2], counts: [9, 9]).quantile(0.99, after: former) == nil)
    }

    @Test func `a window takes rates over its last samples only`() {
        var window = SampleWindow()
        #expect(window.append(sampled(at: 0) { $0.requests = 0 }) == nil)
        for second in 1...10 {
            // A thousand in each of the first five seconds, and ten in each of the others.
            let count = Double(min(second, 5) * 1_000 + max(0, second - 5) * 10)
            window.append(sampled(at: Double(second)) { $0.requests = count })
            if second == 1 { #expect(window.newest?.snapshot.rates?.requests == 1_000) }
        }
        // From the sample six before to the newest.
        window.append(sampled(at: 11) { $0.requests = 5_060 })
        #expect(window.newest?.snapshot.rates?.requests == 10)
    }
}
