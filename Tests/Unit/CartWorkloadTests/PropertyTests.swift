import CartWorkload
import Testing

/// The checker against clusters that are right, and clusters that are wrong in one way.
@Suite struct PropertyTests {
    @Test func `nothing is held against a perfect cluster, however its answers come`() {
        for seed in 0..<500 as Range<UInt64> {
            var cluster = TinyCluster(seed: seed, defect: nil)
            let checkResult = cluster.run(steps: 400)
            #expect(checkResult.holds, "seed \(seed): \(checkResult)")
            guard checkResult.holds else { return }
        }
    }

    @Test(arguments: Defect.allCases)
    func `a defect that struck is found`(defect: Defect) {
        var (struck, found) = (0, 0)
        for seed in 0..<60 as Range<UInt64> {
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
        // A defect need not show: what nobody saw may be undone before anybody looks.
        #expect(found >= struck * 3 / 4, "\(found) of \(struck)")
    }
}
