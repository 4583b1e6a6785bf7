import Ownership
import Testing

/// When tombstones may be written, count, and are relied on: rules 1, 3 and 7 of the failure model.
@Suite struct TombstoneTrustTests {
    // MARK: Dead owners

    private func trust(_ scene: ShardScene, _ slot: StoreSlot = .inA) -> TombstoneTrust? {
        guard case .allowed(let grounds) = scene.permit(slot) else { return nil }
        return grounds.trust
    }

    @Test func `a claim relies on a tombstone once another primary has named the slot's server since`() {
        var scene = ShardScene.settled()
        let learned = scene.now
        expectNeeded(.takeoverConfirmed) { trust(scene)?.covers(tombstoneLearnedAt: learned) == false }
        scene.time += .milliseconds(100)
        scene.hear(.a)
        #expect(trust(scene)?.covers(tombstoneLearnedAt: learned) == false)
        scene.hear(.b)
        #expect(trust(scene)?.covers(tombstoneLearnedAt: learned) == true)
        // Those that were learned long ago need no more.
        #expect(trust(scene)?.covers(tombstoneLearnedAt: learned - .seconds(20)) == true)
    }

    @Test func `without a confirmation a claim relies on a tombstone after D`() {
        var scene = ShardScene.settled()
        let learned = scene.now
        scene.pass(.milliseconds(4_999), hearing: [.a])
        #expect(trust(scene)?.covers(tombstoneLearnedAt: learned) == false)
        scene.pass(.milliseconds(1), hearing: [.a])
        #expect(trust(scene)?.covers(tombstoneLearnedAt: learned) == true)
    }

    @Test func `a primary that names another server contradicts`() {
        var scene = ShardScene.settled()
        scene.time += .seconds(1)
        let learned = scene.now
        scene.servers[.b]?.others = [ServerView(server: .a2, epoch: 4, slots: SlotSet([0...5_000]))]
        scene.servers[.c]?.clusterEpoch = 3
        scene.time += .seconds(1)
        scene.hear(.a, .b, .c)
        #expect(trust(scene)?.covers(tombstoneLearnedAt: learned) == false)
        // What was learned after the contradiction was withdrawn counts.
        scene.servers[.b]?.others = nil
        scene.hear(.b)
        #expect(trust(scene)?.covers(tombstoneLearnedAt: learned) == true)
    }

    /// Words that do not confirm `a`.
    private static let doubts: [@Sendable (inout ShardScene) -> Void] = [
        { $0.failing = [.a] },
        {
            let view = ServerView(server: .a, epoch: 0, slots: SlotSet([0...5_000]))
            $0.servers[.b]?.others = [view]
            $0.servers[.c]?.others = [view]
        },
        {
            $0.servers[.b]?.others = []
            $0.servers[.c]?.others = []
        },
        { $0.servers[.c]?.clusterEpoch = 9 },
    ]

    @Test(arguments: doubts.indices)
    func
        `one that names it as failing, with another epoch, or in another epoch of the cluster confirms nothing`(
            doubt: Int
        )
    {
        var scene = ShardScene.settled()
        let learned = scene.now
        Self.doubts[doubt](&scene)
        scene.pass(.milliseconds(100))
        #expect(trust(scene)?.covers(tombstoneLearnedAt: learned) == false)
    }

    @Test
    func `a cluster's epoch that has changed less than a right ago confirms nothing that was learned since`()
    {
        var scene = ShardScene.settled()
        scene.pass(.seconds(1))
        for id in [StoreServerID.a, .b, .c] { scene.servers[id]?.clusterEpoch = 9 }
        scene.pass(.seconds(1))
        let epochSince = scene.now
        #expect(trust(scene)?.covers(tombstoneLearnedAt: epochSince) == false)
        scene.pass(.seconds(5))
        let early = scene.now
        scene.pass(.milliseconds(500))
        let late = scene.now
        scene.pass(.milliseconds(100))
        #expect(early - epochSince < .milliseconds(5_500))
        #expect(late - epochSince == .milliseconds(5_500))
        #expect(trust(scene)?.covers(tombstoneLearnedAt: early) == false)
        #expect(trust(scene)?.covers(tombstoneLearnedAt: late) == true)
    }

    @Test func `while a slot migrates both its servers have to be confirmed`() {
        var scene = ShardScene.settled()
        scene.servers[.a]?.migrating = [.inA: .b]
        scene.servers[.b]?.importing = [.inA: .a]
        scene.pass(.seconds(1))
        scene.servers[.c]?.others = [ServerView(server: .a, epoch: 1, slots: SlotSet([0...5_000]))]
        scene.servers[.a]?.others = []
        scene.pass(.milliseconds(100))
        // The quick path is closed now, and the trust is not asked for before the gate.
        #expect(scene.permit(.inA).reason != nil)
        scene.pass(.seconds(16))
        let later = scene.now
        scene.pass(.milliseconds(100))
        #expect(trust(scene)?.covers(tombstoneLearnedAt: later) == false)
        scene.servers[.a]?.others = nil
        scene.pass(.milliseconds(100))
        #expect(trust(scene)?.covers(tombstoneLearnedAt: later) == true)
    }

    private static let two: [StoreServerID: ShardScene.Server] = [
        .a: .thirdA, .b: .init(epoch: 2, slots: SlotSet([5_001...16_383])),
    ]

    @Test func `of two primaries none can confirm the other`() {
        var scene = ShardScene.settled(Self.two)
        let learned = scene.now
        scene.pass(.milliseconds(100))
        #expect(!scene.ledger.canConfirm)
        #expect(trust(scene)?.covers(tombstoneLearnedAt: learned) == false)
        #expect(scene.ledger.observation == .milliseconds(10_500))
        scene.pass(.seconds(5))
        #expect(trust(scene)?.covers(tombstoneLearnedAt: learned) == true)
        #expect(ShardScene.settled().ledger.observation == .milliseconds(5_500))
    }

    // MARK: Tombstones

    private func isConfirmed(_ scene: ShardScene, answeredAt: ContinuousClock.Instant) -> Bool {
        scene.ledger.isConfirmed(
            scene.generation(of: .a),
            from: .a,
            in: .inA,
            answeredAt: answeredAt,
            observedSince: answeredAt - .milliseconds(5_500)
        )
    }

    @Test func `a tombstone counts once another primary was asked after its answer, and names its server`() {
        var scene = ShardScene.settled()
        let answered = scene.now
        expectNeeded(.confirmTombstone) { !isConfirmed(scene, answeredAt: answered) }
        scene.time += .milliseconds(100)
        let word = scene.word(of: .b)
        // Asked before.
        _ = scene.ledger.hear(word, sentAt: answered, receivedAt: scene.now)
        #expect(!isConfirmed(scene, answeredAt: answered))
        scene.hear(.b)
        #expect(isConfirmed(scene, answeredAt: answered))
    }

    @Test func `a tombstone of a server that was replaced does not count`() {
        var scene = ShardScene.settled()
        let answered = scene.now
        scene.servers[.a2] = .promotedA
        scene.time += .milliseconds(100)
        scene.hear(.b, .c)
        #expect(!isConfirmed(scene, answeredAt: answered))
        scene.hear(.a2)
        #expect(!isConfirmed(scene, answeredAt: answered))
    }

    @Test func `a tombstone does not count if the cluster's epoch changed during the observation`() {
        var scene = ShardScene.settled()
        for id in [StoreServerID.a, .b, .c] { scene.servers[id]?.clusterEpoch = 9 }
        scene.pass(.seconds(1))
        scene.pass(.seconds(4))
        let answered = scene.now
        scene.pass(.seconds(2))
        #expect(!isConfirmed(scene, answeredAt: answered))
        let later = scene.now
        scene.pass(.seconds(1))
        #expect(isConfirmed(scene, answeredAt: later))
    }

    @Test func `of two primaries a tombstone counts after the longer observation`() {
        let scene = ShardScene.settled(Self.two)
        #expect(isConfirmed(scene, answeredAt: scene.now))
    }

    // MARK: The sessions' server

    @Test func `a heartbeat's facts are the newest, older, or not known yet`() {
        var scene = ShardScene.settled()
        let old = scene.generation(of: .a)
        // The data set of the sessions is another key's than that of the probe.
        let sessions = Generation(dataSet: "members", run: "1", replication: "x", epoch: 1)
        #expect(scene.ledger.standing(of: sessions, from: .a, in: .inA) == .newest)
        #expect(scene.ledger.standing(of: old, from: .b, in: .inA) == .unknown)
        scene.servers[.a2] = .promotedA
        let new = scene.generation(of: .a2)
        #expect(scene.ledger.standing(of: new, from: .a2, in: .inA) == .unknown)
        scene.hear(.a2)
        #expect(scene.ledger.standing(of: old, from: .a, in: .inA) == .older)
        #expect(scene.ledger.standing(of: new, from: .a2, in: .inA) == .newest)
        scene.servers[.a2]?.run = "2"
        #expect(scene.ledger.standing(of: scene.generation(of: .a2), from: .a2, in: .inA) == .unknown)
        #expect(ShardScene().ledger.standing(of: old, from: .a, in: .inA) == .unknown)
    }

    @Test func `no tombstone is written for G after the facts of the sessions' server have changed`() {
        #expect(ShardScene().ledger.tombstonesAllowed(in: .inA) == nil)
        expectNeeded(.membershipGate) {
            var scene = ShardScene.settled()
            scene.servers[.a]?.run = "2"
            scene.pass(.seconds(1))
            return scene.ledger.tombstonesAllowed(in: .inA)
                == ShardScene.start + .milliseconds(21_000 + 15_500)
        }
    }
}
