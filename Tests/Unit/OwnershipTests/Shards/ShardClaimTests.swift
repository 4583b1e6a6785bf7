import Ownership
import Testing

/// When actors may be claimed: rules 6, 7, 8 and 11 of the failure model.
@Suite struct ShardClaimTests {
    // MARK: Gates

    @Test func `a slot may be claimed once its server was known for G`() {
        var scene = ShardScene()
        #expect(scene.permit(.inA) == .unserved(.inA))
        scene.hear(.a, .b, .c)
        let settled = ShardScene.start + .milliseconds(15_500)
        #expect(scene.permit(.inA) == .waits(.changed(.a), until: settled))
        scene.pass(.milliseconds(15_499))
        #expect(scene.permit(.inA) == .waits(.changed(.a), until: settled))
        scene.pass(.milliseconds(1))
        #expect(scene.isAllowed(.inA))
        #expect(scene.isAllowed(.inC))
    }

    @Test func `after a loss of data claims wait for G, and elsewhere they do not`() {
        expectNeeded(.generationGate) {
            var scene = ShardScene.settled()
            scene.servers[.a]?.run = "2"
            scene.pass(.seconds(1))
            #expect(scene.isAllowed(.inB))
            return scene.permit(.inA)
                == .waits(.changed(.a), until: ShardScene.start + .milliseconds(21_000 + 15_500))
        }
    }

    @Test func `after a promotion claims wait for G`() {
        var scene = ShardScene.settled()
        scene.servers[.a2] = .promotedA
        scene.failing = [.a]
        scene.servers[.a]?.slots = .none
        scene.pass(.seconds(15), hearing: [.a2, .b, .c])
        #expect(!scene.isAllowed(.inA))
        #expect(scene.isAllowed(.inB))
        scene.pass(.seconds(2), hearing: [.a2, .b, .c])
        #expect(scene.isAllowed(.inA))
    }

    @Test func `after a move claims wait for G where the quick path is not open`() {
        expectNeeded(.moveGate) {
            var scene = ShardScene.settled()
            scene.servers[.c]?.others = []
            scene.moveToB()
            scene.pass(.seconds(1))
            return scene.permit(.inA)
                == .waits(.moved, until: ShardScene.start + .milliseconds(21_000 + 15_500))
        }
    }

    @Test func `claims need the word of every server in Where`() {
        var scene = ShardScene.settled()
        scene.time += .milliseconds(4_499)
        #expect(scene.isAllowed(.inA))
        scene.time += .milliseconds(1)
        #expect(scene.permit(.inA) == .waits(.silent(.a), until: nil))
        var migrating = ShardScene.settled()
        migrating.servers[.a]?.migrating = [.inA: .b]
        migrating.pass(.seconds(6), hearing: [.a, .c])
        #expect(migrating.permit(.inA) == .waits(.silent(.b), until: nil))
        migrating.servers[.a]?.migrating = [.inA: StoreServerID("nobody")]
        migrating.pass(.seconds(1), hearing: [.a])
        #expect(migrating.permit(.inA) == .waits(.silent(StoreServerID("nobody")), until: nil))
    }

    @Test func `after an interruption claims wait for U`() {
        expectNeeded(.uninterrupted) {
            var scene = ShardScene.settled()
            scene.pass(.milliseconds(4_500), hearing: [.b, .c])
            scene.hear(.a)
            let steady = scene.now + .milliseconds(2_700)
            let waits = scene.permit(.inA) == .waits(.interrupted(.a), until: steady)
            scene.pass(.milliseconds(2_700))
            #expect(scene.isAllowed(.inA))
            return waits
        }
    }

    @Test func `a shorter silence is no interruption`() {
        var scene = ShardScene.settled()
        scene.time += .milliseconds(4_400)
        scene.hear(.a)
        #expect(scene.isAllowed(.inA))
    }

    // MARK: Half-open slots

    @Test func `a slot that was left half open is not claimed`() {
        expectNeeded(.wholeSlot) {
            var scene = ShardScene.settled()
            scene.servers[.b]?.importing = [.inA: .a]
            scene.pass(.seconds(1))
            #expect(scene.isAllowed(StoreSlot(8)))
            return scene.permit(.inA) == .halfOpen(.inA)
        }
    }

    @Test func `a slot that migrates is whole`() {
        var scene = ShardScene.settled()
        scene.servers[.a]?.migrating = [.inA: .b]
        scene.servers[.b]?.importing = [.inA: .a]
        scene.pass(.seconds(1))
        #expect(scene.isAllowed(.inA))
        // The source fails over, and its replica has forgotten the migration.
        scene.servers[.a] = nil
        scene.servers[.a2] = .promotedA
        scene.pass(.seconds(30))
        #expect(scene.permit(.inA) == .halfOpen(.inA))
        scene.servers[.b]?.importing = [:]
        scene.pass(.seconds(1))
        #expect(scene.isAllowed(.inA))
    }

    @Test func `a server that is gone for good leaves no slot half open`() {
        var scene = ShardScene.settled([.a: .thirdA, .b: .thirdB, .c: .thirdC, .empty: .importing])
        #expect(scene.permit(.inA) == .halfOpen(.inA))
        // It fails: who knows what it has.
        scene.failing = [.empty]
        scene.pass(.seconds(20), hearing: [.a, .b, .c])
        #expect(scene.permit(.inA) == .halfOpen(.inA))
        // An operator removes it.
        scene.servers[.empty] = nil
        scene.pass(.seconds(1))
        #expect(scene.isAllowed(.inA))
    }

    // MARK: Everyone

    @Test func `after a change nothing is claimed before every primary was heard`() {
        expectNeeded(.hearEveryone) {
            var scene = ShardScene.settled()
            scene.servers[.a]?.run = "2"
            scene.pass(.seconds(17), hearing: [.a, .b])
            return scene.permit(.inA) == .waits(.unheard(.c), until: nil)
        }
    }

    @Test func `once everyone was heard after a change, silence elsewhere does not matter`() {
        var scene = ShardScene.settled()
        scene.pass(.seconds(30), hearing: [.a])
        #expect(scene.isAllowed(.inA))
    }

    @Test func `a primary that joins later, or a failing one without slots, need not be heard`() {
        var scene = ShardScene.settled()
        scene.servers[.empty] = .init(epoch: 9, slots: .none)
        scene.pass(.seconds(1), hearing: [.a, .b, .c])
        #expect(scene.isAllowed(.inA))
        // After a change it is one of them.
        scene.servers[.a]?.run = "2"
        scene.pass(.seconds(17), hearing: [.a, .b, .c])
        #expect(scene.permit(.inA) == .waits(.unheard(.empty), until: nil))
        scene.failing = [.empty]
        scene.pass(.seconds(1), hearing: [.a, .b, .c])
        #expect(scene.isAllowed(.inA))
    }

    @Test func `a primary with slots has to be heard even if nobody here knows it but by others' words`() {
        var scene = ShardScene([.a: .thirdA, .b: .thirdB, .c: .thirdC])
        scene.pass(.seconds(20), hearing: [.a, .b])
        #expect(scene.permit(.inA) == .waits(.unheard(.c), until: nil))
    }

    // MARK: The quick path

    @Test func `a planned move makes nobody wait once everyone was heard`() {
        var scene = ShardScene.settled()
        scene.moveToB()
        scene.hear(.b)
        #expect(!scene.isAllowed(.inA))
        scene.pass(.milliseconds(100))
        #expect(scene.isAllowed(.inA))
        #expect(scene.isAllowed(.inB))
    }

    @Test func `the quick path is closed while any server has lost data a moment ago`() {
        expectNeeded(.quickSettled) {
            var scene = ShardScene.settled()
            scene.servers[.c]?.run = "2"
            scene.moveToB()
            scene.pass(.seconds(1))
            return !scene.isAllowed(.inA)
        }
    }

    @Test func `the quick path needs the word of every primary, not only of the new server`() {
        expectNeeded(.quickEveryone) {
            var scene = ShardScene.settled()
            scene.servers[.c]?.others = [ServerView(server: .b, epoch: 2, slots: .none)]
            scene.moveToB()
            scene.pass(.seconds(1))
            return !scene.isAllowed(.inA)
        }
    }

    @Test func `the quick path needs primaries that know each other by the facts that are known`() {
        expectNeeded(.quickAgreed) {
            var scene = ShardScene.settled()
            scene.moveToB()
            // A replica of `a` was promoted, of which this node has not heard: but `b` has.
            var views = scene.word(of: .b).others.filter { $0.server != .a }
            views.append(ServerView(server: .a, epoch: 1, slots: .none, isFailing: true))
            scene.servers[.b]?.others = views
            scene.pass(.seconds(1))
            return !scene.isAllowed(.inA)
        }
    }

    // MARK: Answers

    @Test func `the answer of a claim counts only if the claim could be sent then, under the same facts`()
        throws
    {
        var scene = ShardScene.settled()
        guard case .allowed(let grounds) = scene.permit(.inA) else {
            Issue.record("not allowed")
            return
        }
        #expect(grounds.generation == scene.generation(of: .a))
        #expect(grounds.stamp == scene.stamp(.inA))
        scene.pass(.seconds(1))
        #expect(scene.ledger.upholds(grounds, for: .inA, at: scene.now))
        expectNeeded(.answerInTime) {
            var scene = scene
            scene.time += .seconds(5)
            return !scene.ledger.upholds(grounds, for: .inA, at: scene.now)
        }
        scene.servers[.a]?.run = "2"
        scene.pass(.seconds(20))
        #expect(scene.isAllowed(.inA))
        #expect(!scene.ledger.upholds(grounds, for: .inA, at: scene.now))
    }

    @Test func `each obstacle has a reason that a person understands`() {
        let permits: [ClaimPermit] = [
            .waits(.silent(.a), until: nil), .waits(.changed(.a), until: nil),
            .waits(.interrupted(.a), until: nil), .waits(.moved, until: nil),
            .waits(.unheard(.a), until: nil), .halfOpen(.inA), .unserved(.inA),
        ]
        #expect(Set(permits.compactMap(\.reason)).count == permits.count)
        let grounds = ClaimGrounds(
            generation: ShardScene().generation(of: .a),
            stamp: SlotStamp(1),
            trust: .all
        )
        #expect(ClaimPermit.allowed(grounds).reason == nil)
    }
}

extension ShardScene {
    /// An atomic move of the lowest slots from `a` to `b`.
    fileprivate mutating func moveToB() {
        servers[.a]?.slots = SlotSet([100...5_000])
        servers[.b]?.slots = SlotSet([0...99, 5_001...10_000])
        servers[.b]?.epoch = 4
    }
}

extension StoreServerID {
    fileprivate static let empty = StoreServerID("empty")
}

extension ShardScene.Server {
    /// A primary without slots, to which a slot of `a` migrates.
    fileprivate static let importing = Self(epoch: 0, slots: .none, importing: [.inA: .a])
}
