import Ownership
import Testing

/// Where slots lie, and until when actors in them may be answered: rules 2, 4 and 5 of the failure model.
@Suite struct SlotRightsTests {
    // MARK: Where

    @Test func `a slot lies where a server says itself that it serves it`() {
        var scene = ShardScene()
        #expect(scene.ledger.place(of: .inA) == nil)
        #expect(scene.hear(.b) == .changed)
        // The word of `b` that `a` serves it is not enough.
        #expect(scene.ledger.place(of: .inA) == nil)
        scene.hear(.a)
        #expect(scene.ledger.place(of: .inA) == SlotPlace(server: .a))
        #expect(scene.ledger.generation(of: .inA) == scene.generation(of: .a))
        #expect(scene.ledger.place(of: .inB) == SlotPlace(server: .b))
        #expect(scene.ledger.place(of: .inC) == nil)
    }

    @Test func `of two servers that claim a slot the one with the higher epoch has it`() {
        var scene = ShardScene.settled()
        scene.servers[.a2] = .promotedA
        scene.hear(.a2)
        #expect(scene.ledger.place(of: .inA) == SlotPlace(server: .a2))
        #expect(scene.hear(.a) == .ignored)
        #expect(scene.ledger.place(of: .inA) == SlotPlace(server: .a2))
    }

    @Test func `with one and the same epoch what was known stays`() {
        var scene = ShardScene.settled()
        for id in ["0", "z"] as [String] {
            scene.servers[StoreServerID(id)] = .init(epoch: 1, slots: SlotSet([0...10]))
            scene.hear(StoreServerID(id))
            #expect(scene.ledger.place(of: .inA) == SlotPlace(server: .a))
        }
    }

    @Test func `a slot that its server gives up is nobody's until another claims it`() {
        var scene = ShardScene.settled()
        scene.servers[.a]?.slots = SlotSet([100...5_000])
        scene.hear(.a)
        #expect(scene.ledger.place(of: .inA) == nil)
        #expect(scene.permit(.inA) == .unserved(.inA))
        #expect(scene.ledger.place(of: StoreSlot(100)) == SlotPlace(server: .a))
        scene.servers[.b] = .init(epoch: 4, slots: SlotSet([0...99, 5_001...10_000]))
        scene.hear(.b)
        #expect(scene.ledger.place(of: .inA) == SlotPlace(server: .b))
    }

    @Test func `a slot that migrates lies on two servers`() {
        var scene = ShardScene.settled()
        scene.servers[.a]?.migrating = [.inA: .b]
        scene.servers[.b]?.importing = [.inA: .a]
        scene.hear(.a, .b)
        #expect(scene.ledger.place(of: .inA) == SlotPlace(server: .a, target: .b))
        let both = scene.generation(of: .a).migrating(to: scene.generation(of: .b))
        #expect(scene.ledger.generation(of: .inA) == both)
        #expect(scene.ledger.place(of: StoreSlot(8)) == SlotPlace(server: .a))
    }

    @Test func `a word that comes late says nothing`() {
        var scene = ShardScene.settled()
        var late = scene
        late.servers[.a]?.run = "2"
        let word = late.word(of: .a)
        let before = scene.now - .seconds(2)
        #expect(scene.ledger.hear(word, sentAt: before, receivedAt: scene.now) == .ignored)
        #expect(scene.ledger.generation(of: .inA)?.run == "1")
    }

    // MARK: Rights

    @Test func `a right is counted from the instant at which the newest answered probe was sent`() {
        var scene = ShardScene.settled()
        let stamp = scene.stamp(.inA)
        #expect(scene.deadline(.inA, since: stamp) == .milliseconds(24_500))
        scene.time = .seconds(21)
        let word = scene.word(of: .a)
        scene.time = .seconds(22)
        let hearing = scene.ledger.hear(word, sentAt: scene.now - .seconds(1), receivedAt: scene.now)
        #expect(hearing == .unchanged)
        #expect(scene.deadline(.inA, since: stamp) == .milliseconds(25_500))
        #expect(scene.stamp(.inA) == stamp)
        // The others' are not touched.
        #expect(scene.deadline(.inB, since: scene.stamp(.inB)) == .milliseconds(24_500))
        scene.time = .milliseconds(25_499)
        #expect(scene.mayAct(.inA, since: stamp))
        scene.time = .milliseconds(25_500)
        #expect(!scene.mayAct(.inA, since: stamp))
    }

    @Test func `while a slot migrates its right is the lesser of both`() {
        expectNeeded(.bothShards) {
            var scene = ShardScene.settled()
            scene.servers[.a]?.migrating = [.inA: .b]
            scene.pass(.seconds(2), hearing: [.a])
            return scene.deadline(.inA, since: scene.stamp(.inA)) == .milliseconds(24_500)
        }
    }

    @Test func `without the right of its slot nothing is answered`() {
        expectNeeded(.shardRight) {
            var scene = ShardScene.settled()
            let stamp = scene.stamp(.inA)
            scene.time += .milliseconds(4_500)
            return !scene.mayAct(.inA, since: stamp)
        }
    }

    @Test func `before anything was heard there is no right`() {
        #expect(!SlotRights.none.mayAct(in: .inA, since: SlotStamp(0), at: ShardScene.start))
        #expect(!ShardScene().mayAct(.inA, since: SlotStamp(0)))
    }

    /// What ends a stamp while its right lasts, and who tells it.
    private static let changes: [@Sendable (inout ShardScene) -> Void] = [
        {
            $0.servers[.a]?.run = "2"
            $0.hear(.a)
        },
        {
            $0.servers[.a]?.epoch = 9
            $0.hear(.a)
        },
        {
            $0.servers[.a]?.migrating = [.inA: .b]
            $0.hear(.a)
        },
        {
            $0.servers[.a2] = .promotedA
            $0.hear(.a2)
        },
        {
            $0.servers[.b] = .init(epoch: 9, slots: SlotSet([7...7, 5_001...10_000]))
            $0.hear(.b)
        },
    ]

    @Test(arguments: changes.indices)
    func `under other facts or another Where the right goes on as it was, and grows for who compares`(
        change: Int
    ) {
        var scene = ShardScene.settled()
        let stamp = scene.stamp(.inA)
        let elsewhere = scene.stamp(.inC)
        Self.changes[change](&scene)
        scene.pass(.seconds(3))
        #expect(scene.stamp(.inA) != stamp)
        #expect(scene.deadline(.inA, since: stamp) == .milliseconds(24_500))
        #expect(scene.deadline(.inA, since: scene.stamp(.inA)) == .milliseconds(27_500))
        #expect(scene.stamp(.inC) == elsewhere)
        // What has passed is forgotten at the next change.
        scene.pass(.seconds(4))
        scene.servers[.a]?.run = "3"
        scene.servers[.a2]?.run = "3"
        scene.servers[.b]?.run = "3"
        scene.pass(.seconds(1))
        #expect(!scene.mayAct(.inA, since: stamp))
        #expect(scene.deadline(.inA, since: stamp) == nil)
    }

    @Test func `the right does not grow before the record was compared with the new server's`() {
        expectNeeded(.verifyAfterChange) {
            var scene = ShardScene.settled()
            let stamp = scene.stamp(.inA)
            scene.servers[.a2] = .promotedA
            scene.pass(.seconds(6), hearing: [.a2, .b, .c])
            return !scene.mayAct(.inA, since: stamp)
        }
    }

    @Test func `a right that has passed does not come back when the server answers again`() {
        expectNeeded(.lapseNeedsClaim) {
            var scene = ShardScene.settled()
            let stamp = scene.stamp(.inA)
            scene.time += .seconds(5)
            scene.hear(.a)
            return !scene.mayAct(.inA, since: stamp)
        }
    }

    @Test func `it does not come back either if another server was heard first`() {
        var scene = ShardScene.settled()
        let stamp = scene.stamp(.inA)
        scene.time += .seconds(5)
        #expect(scene.hear(.b) == .lapsed)
        #expect(scene.hear(.b) == .unchanged)
        scene.hear(.a)
        #expect(!scene.mayAct(.inA, since: stamp))
        #expect(scene.mayAct(.inA, since: scene.stamp(.inA)))
    }

    @Test func `a slot that moves and returns within a right has another stamp`() {
        var scene = ShardScene.settled()
        let stamp = scene.stamp(.inA)
        scene.servers[.a]?.slots = SlotSet([8...5_000])
        scene.servers[.b] = .init(epoch: 4, slots: SlotSet([0...7, 5_001...10_000]))
        scene.hear(.b, .a)
        let away = scene.stamp(.inA)
        scene.servers[.a] = .init(epoch: 5, slots: SlotSet([0...5_000]))
        scene.servers[.b]?.slots = SlotSet([5_001...10_000])
        scene.pass(.seconds(1))
        #expect(scene.stamp(.inA) != stamp)
        #expect(scene.stamp(.inA) != away)
        #expect(scene.deadline(.inA, since: stamp) == .milliseconds(24_500))
        #expect(scene.deadline(.inA, since: away) == .milliseconds(24_500))
        #expect(scene.deadline(.inA, since: scene.stamp(.inA)) == .milliseconds(25_500))
    }

    @Test func `without epochs in the facts a move of other slots to the server goes unnoticed`() {
        expectNeeded(.epochInFacts) {
            var scene = ShardScene.settled()
            let stamp = scene.stamp(.inA)
            scene.servers[.a]?.epoch = 9
            scene.hear(.a)
            return scene.stamp(.inA) != stamp
        }
    }

    @Test func `a server that was replaced gives no right`() {
        expectNeeded(.oldFactsIgnored) {
            var scene = ShardScene.settled()
            scene.servers[.a2] = .promotedA
            scene.hear(.a2)
            let stamp = scene.stamp(.inA)
            scene.hear(.a)
            return scene.stamp(.inA) == stamp && scene.ledger.place(of: .inA)?.server == .a2
        }
    }

    @Test func `the target that was replaced gives no right, and none is lowered`() {
        var scene = ShardScene.settled()
        scene.servers[.b]?.migrating = [.inB: .a]
        scene.servers[.a]?.importing = [.inB: .b]
        scene.pass(.seconds(1))
        let stamp = scene.stamp(.inB)
        scene.servers[.a2] = .promotedA
        scene.pass(.seconds(1), hearing: [.a2, .b, .c])
        // The source names the server that was replaced: there is no right until that is repaired.
        #expect(scene.deadline(.inB, since: stamp) == .milliseconds(25_500))
        #expect(scene.stamp(.inB) != stamp)
        #expect(scene.deadline(.inB, since: scene.stamp(.inB)) == nil)
        #expect(scene.permit(.inB) == .waits(.silent(.a), until: nil))
    }

    @Test func `many moves cost no more groups than there are slots`() {
        var scene = ShardScene.settled()
        for slot in UInt16(0)..<50 {
            scene.servers[.a]?.slots = SlotSet([(slot + 1)...5_000])
            scene.servers[.b]?.slots = SlotSet([0...slot, 5_001...10_000])
            scene.servers[.b]?.epoch = 4
            scene.pass(.milliseconds(100))
        }
        #expect(scene.ledger.place(of: .inA) == SlotPlace(server: .b))
        #expect(scene.ledger.place(of: StoreSlot(50)) == SlotPlace(server: .a))
        let stamps = Set((0..<UInt16(50)).map { scene.stamp(StoreSlot($0)) })
        #expect(stamps.count == 50)
        #expect(scene.mayAct(.inA, since: scene.stamp(.inA)))
    }

    // MARK: What is put back

    @Test func `what is put back names all facts, and a time that no server in Where shows after the right`()
    {
        var scene = ShardScene.settled()
        let deadline = scene.now + .seconds(2)
        let terms = scene.ledger.returnTerms(in: .inA, until: deadline)
        #expect(terms?.generation == scene.generation(of: .a))
        #expect(terms?.notAfter == StoreTime(3_000_000))
        #expect(scene.ledger.returnTerms(in: .inA, until: nil)?.notAfter == .past)
        #expect(ShardScene().ledger.returnTerms(in: .inA, until: deadline) == nil)
        scene.servers[.a]?.migrating = [.inA: .b]
        scene.time += .milliseconds(500)
        scene.hear(.a)
        // The clock of `b` was read half a second earlier.
        let both = scene.ledger.returnTerms(in: .inA, until: deadline)
        #expect(both?.notAfter == StoreTime(2_500_000))
        #expect(both?.generation.target == [scene.generation(of: .b)])
    }
}
