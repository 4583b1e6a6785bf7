#if DEBUG
import Ownership
import RuntimeTesting
import Testing

@testable import ActorRuntime

/// What a node of a store with many servers concludes from heartbeats and probes, one after the other.
@Suite struct ShardDirectoryTests {
    /// A directory, three servers (`a` has the sessions), and a session of another node.
    private final class Scene {
        let directory: MembershipDirectory
        let peer = SessionID("peer")
        var time: Duration = .seconds(1)
        private let start = ContinuousClock.now
        private var counter: UInt64 = 1

        var now: ContinuousClock.Instant { start + time }

        init() {
            let lease = LeasePolicy()
            let servers = SimulatedServers<Int>(clock: ManualClock(), slots: [:])
            let policy = ShardPolicy(lease: lease, nodeTimeout: .seconds(2))
            directory = MembershipDirectory(
                policy: lease,
                shards: ShardKnowledge(topology: ServersTopology(ServerReach(servers)), policy: policy)
            ) {
                var generator = SystemRandomNumberGenerator()
                return SessionHandle(id: SessionID(random: &generator), policy: lease)
            }
        }

        private static let slots: [StoreServerID: SlotSet] = [
            .a: SlotSet([0...4_999]), .b: SlotSet([5_000...9_999]), .c: SlotSet([10_000...16_383]),
        ]

        private func generation(of id: StoreServerID) -> Generation {
            Generation(dataSet: "data-\(id)", run: "1", replication: "x", epoch: 1, marker: "m")
        }

        func hear(_ id: StoreServerID) {
            let others = Self.slots.keys.filter { $0 != id }.sorted().map { other in
                ServerView(server: other, epoch: 1, slots: Self.slots[other] ?? .none)
            }
            let word = ServerWord(
                server: id,
                generation: generation(of: id),
                time: StoreTime(1_000_000),
                clusterEpoch: 1,
                slots: Self.slots[id] ?? .none,
                others: others
            )
            _ = directory.hear(word, sentAt: now, now: now)
        }

        /// A heartbeat of the session in force.
        func beat(peer condition: Member.Condition = .alive, peerMoves: Bool = false) {
            if peerMoves { counter += 1 }
            let card = NodeCard(name: "peer", link: "", build: "")
            let member = Member(
                session: peer,
                counter: counter,
                condition: condition,
                settled: "",
                lease: .seconds(5),
                card: card
            )
            let report = HeartbeatReport(
                generation: Generation(dataSet: "members", run: "1", replication: "x", epoch: 1),
                time: StoreTime(1_000_000),
                members: [member],
                server: .a
            )
            _ = directory.learn(
                report,
                for: directory.session,
                sentAt: now,
                now: now,
                vouched: false,
                nothingLive: true
            )
        }

        /// Lets time pass, with a heartbeat and every server's word each second.
        func pass(_ seconds: Int, peerMoves: Bool) {
            for _ in 0..<seconds {
                time += .seconds(1)
                for id in Self.slots.keys.sorted() { hear(id) }
                beat(peerMoves: peerMoves)
            }
        }

        var expired: [SessionID] { directory.expiredSessions(at: now).map(\.session) }
    }

    /// Expects that `body` is true with all rules, and false without this one.
    private func expectNeeded(_ rule: SafetyRule, _ body: () -> Bool) {
        #expect(body())
        let isKept = SafetyRule.$switchedOff.withValue([rule], operation: body)
        #expect(!isKept, "nothing shows without \(rule)")
    }

    @Test func `a silent session may get its tombstone once the facts are old enough, and it was observed`() {
        let scene = Scene()
        scene.pass(17, peerMoves: true)
        #expect(scene.expired.isEmpty)
        scene.pass(5, peerMoves: false)
        #expect(scene.expired.isEmpty)
        scene.pass(1, peerMoves: false)
        #expect(scene.expired == [scene.peer])
        #expect(scene.directory.nextProof.map { $0 <= scene.now } == true)
    }

    @Test func `before the facts of the sessions' server are old enough none may`() {
        let scene = Scene()
        scene.pass(15, peerMoves: false)
        #expect(scene.expired.isEmpty)
        scene.pass(2, peerMoves: false)
        #expect(scene.expired == [scene.peer])
    }

    @Test func `with a session end its observations`() {
        expectNeeded(.endVoids) {
            let scene = Scene()
            scene.pass(17, peerMoves: true)
            scene.pass(5, peerMoves: false)
            // The node was away, and has a new session.
            scene.time += .seconds(5)
            _ = scene.directory.beginSession()
            scene.pass(1, peerMoves: false)
            return scene.expired.isEmpty
        }
    }

    @Test func `a session that is over observes nothing`() {
        expectNeeded(.sessionObserves) {
            let scene = Scene()
            scene.pass(17, peerMoves: true)
            scene.directory.session.leave()
            scene.pass(7, peerMoves: false)
            return scene.expired.isEmpty
        }
    }

    @Test func `a tombstone counts from its confirmation on`() {
        let scene = Scene()
        scene.pass(20, peerMoves: true)
        scene.time += .milliseconds(100)
        scene.beat(peer: .dead)
        #expect(scene.directory.knownStatus(of: scene.peer) != .dead)
        scene.time += .milliseconds(100)
        scene.hear(.a)
        #expect(scene.directory.knownStatus(of: scene.peer) != .dead)
        scene.hear(.c)
        #expect(scene.directory.knownStatus(of: scene.peer) == .dead)
    }

    @Test func `a claim names dead sessions only once its server was confirmed after their deaths`() {
        let scene = Scene()
        scene.pass(20, peerMoves: true)
        scene.time += .milliseconds(100)
        scene.beat(peer: .dead)
        scene.time += .milliseconds(100)
        scene.hear(.c)
        let slot = StoreSlot(6_000)
        let plan = {
            scene.directory.claimPlan(
                for: scene.directory.session,
                in: slot,
                create: true,
                naming: scene.peer,
                whileDraining: false,
                at: scene.now
            )
        }
        #expect(plan()?.terms.mode == .create)
        #expect(plan()?.terms.dead == [])
        scene.time += .milliseconds(100)
        scene.hear(.c)
        #expect(plan()?.terms.dead == [scene.peer])
    }

    @Test func `a claim only looks while its slot waits, or the node is leaving`() {
        let scene = Scene()
        let plan = { (whileDraining: Bool) in
            scene.directory.claimPlan(
                for: scene.directory.session,
                in: StoreSlot(6_000),
                create: true,
                naming: nil,
                whileDraining: whileDraining,
                at: scene.now
            )
        }
        #expect(plan(false) == nil)
        scene.pass(2, peerMoves: true)
        #expect(plan(false)?.terms.mode == .look)
        #expect(plan(false)?.grounds == nil)
        scene.pass(16, peerMoves: true)
        #expect(plan(false)?.terms.mode == .create)
        scene.directory.markDraining()
        #expect(plan(false)?.terms.mode == .look)
        #expect(plan(true)?.terms.mode == .create)
    }
}
#endif
