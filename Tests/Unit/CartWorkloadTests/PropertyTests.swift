import CartWorkload
import Testing

/// The checker against correct clusters, and against clusters with one defect.
@Suite struct PropertyTests {
    @Test func `a correct cluster has no violation, in whatever order its answers arrive`() {
        for seed in 0..<500 as Range<UInt64> {
            var cluster = TinyCluster(seed: seed, defect: nil)
            let checkResult = cluster.run(steps: 400)
            #expect(checkResult.holds, "seed \(seed): \(checkResult)")
            guard checkResult.holds else { return }
        }
    }

    @Test(arguments: Defect.allCases)
    func `a defect that had effect is found`(defect: Defect) {
        var (struck, found) = (0, 0)
        for seed in 0..<300 as Range<UInt64> where struck < 40 {
            var cluster = TinyCluster(seed: seed, defect: defect)
            let checkResult = cluster.run(steps: 400)
            guard cluster.isFlawed else {
                #expect(checkResult.holds, "seed \(seed): \(checkResult)")
                continue
            }
            struck += 1
            if !checkResult.holds { found += 1 }
        }
        #expect(struck >= 10)
        // A defect need not show: its effect may be undone before any client reads it.
        #expect(found >= struck * 3 / 4, "\(found) of \(struck)")
    }
}
