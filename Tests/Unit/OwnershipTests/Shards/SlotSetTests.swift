import Ownership
import Testing

@Suite struct SlotSetTests {
    @Test func `ranges in any order are sorted and merged, so that equal sets are equal`() {
        let set = SlotSet([10...20, 0...3, 4...5, 15...30, 40...40])
        #expect(set.ranges == [0...5, 10...30, 40...40])
        #expect(set == SlotSet([40...40, 0...5, 10...30]))
        #expect(set.count == 6 + 21 + 1)
        #expect(set.first == StoreSlot(0))
        #expect(set.last == StoreSlot(40))
        #expect(SlotSet([StoreSlot(3), StoreSlot(2), StoreSlot(9)]).ranges == [2...3, 9...9])
    }

    @Test func `what is no slot is left out`() {
        #expect(SlotSet([16_380...UInt16.max, 60_000...60_001]).ranges == [16_380...16_383])
        #expect(StoreSlot(16_384 + 5) == StoreSlot(5))
    }

    @Test func `a slot is found in any of many ranges, and nowhere between`() {
        let lowest: [UInt16] = (0..<500).map { $0 * 10 }
        let set = SlotSet(lowest.map { $0...($0 + 3) })
        for slot in 0..<UInt16(6_000) {
            let isIn = slot < 5_000 && slot % 10 <= 3
            #expect(set.contains(StoreSlot(slot)) == isIn)
        }
    }

    @Test func `no slot and every slot`() {
        #expect(SlotSet.none.isEmpty)
        #expect(!SlotSet.none.contains(StoreSlot(0)))
        #expect(SlotSet.none.first == nil)
        #expect(SlotSet.all.count == StoreSlot.count)
        #expect(SlotSet([0...9]).subtracting(SlotSet([0...2, 5...6, 20...21])).ranges == [3...4, 7...9])
        #expect(SlotSet.none.union(SlotSet([1...2])).union(SlotSet([3...4])).ranges == [1...4])
    }
}

@Suite struct ShardPolicyTests {
    private func policy(nodeTimeout: Duration, lease: Duration) -> ShardPolicy {
        ShardPolicy(lease: LeasePolicy(length: lease), nodeTimeout: nodeTimeout)
    }

    @Test func `the times are those of the failure model`() {
        let slow = policy(nodeTimeout: .seconds(15), lease: .milliseconds(18_500))
        #expect(slow.gate == .seconds(56))
        #expect(slow.replacedAnswers == .milliseconds(18_500))
        #expect(slow.interruption > .milliseconds(15_200))
        #expect(policy(nodeTimeout: .seconds(5), lease: .milliseconds(8_500)).gate == .seconds(26))
        let quick = policy(nodeTimeout: .seconds(2), lease: .seconds(5))
        #expect(quick.gate == .milliseconds(15_500))
        #expect(quick.right == .milliseconds(4_500))
        #expect(quick.unconfirmedObservation == .milliseconds(10_500))
        // A short lease does not shorten what a replaced server does.
        #expect(policy(nodeTimeout: .seconds(15), lease: .seconds(5)).replacedAnswers == .seconds(15))
    }

    @Test func `the longest lease that was seen counts, and no right of one's own grows by it`() {
        var policy = policy(nodeTimeout: .seconds(2), lease: .seconds(5))
        policy.learnLease(.seconds(9))
        policy.learnLease(.seconds(1))
        #expect(policy.gate == .milliseconds(9_500 + 18_000))
        #expect(policy.right == .milliseconds(4_500))
    }
}

@Suite struct GenerationTextTests {
    private let single = Generation(dataSet: "d", run: "r", replication: "p")

    @Test func `a store of one server has the three ids`() {
        #expect(single.description == "d:r:p")
    }

    @Test func `a store of many has the epoch too, and the target of a migration`() {
        let source = Generation(dataSet: "d", run: "r", replication: "p", epoch: 7, marker: "m")
        let target = Generation(dataSet: "e", run: "s", replication: "q", epoch: 8, marker: "n")
        #expect(source.description == "d:r:p@7")
        #expect(source.migrating(to: target).description == "d:r:p@7 e:s:q@8")
        #expect(source.migrating(to: target).target == [target])
    }

    @Test func `another epoch is another generation of the same life`() {
        let source = Generation(dataSet: "d", run: "r", replication: "p", epoch: 7, marker: "m")
        let moved = Generation(dataSet: "d", run: "r", replication: "p", epoch: 8, marker: "m")
        #expect(source != moved)
        #expect(source.isSameLife(as: moved))
        #expect(!source.isSameLife(as: single))
    }
}
