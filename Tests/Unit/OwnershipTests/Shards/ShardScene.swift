import Ownership
import Testing

/// A ledger that hears servers, and what these say. `a`, `b` and `c` share the slots; times are relative to `start`.
struct ShardScene: CustomStringConvertible {
    /// A server as it shows itself.
    struct Server {
        var epoch: UInt64
        var slots: SlotSet
        var run = "1"
        var migrating: [StoreSlot: StoreServerID] = [:]
        var importing: [StoreSlot: StoreServerID] = [:]
        /// What it knows of the others, where that is not what they are now.
        var others: [ServerView]?
        var clusterEpoch: UInt64?
    }

    static let start = ContinuousClock.now
    /// L 5 s, m 0.5 s, NT 2 s: a right is 4.5 s, D 5 s, G 15.5 s, U 2.7 s.
    static let policy = ShardPolicy(
        lease: LeasePolicy(length: .seconds(5), margin: .milliseconds(500)),
        nodeTimeout: .seconds(2)
    )

    var ledger = ShardLedger(policy: Self.policy)
    var servers: [StoreServerID: Server] = [:]
    /// The servers that the others take for failing.
    var failing: Set<StoreServerID> = []
    /// The time since the start.
    var time: Duration = .zero

    /// A failed expectation prints it.
    var description: String { "the scene after \(time)" }

    var now: ContinuousClock.Instant { Self.start + time }

    init(_ servers: [StoreServerID: Server] = [.a: .thirdA, .b: .thirdB, .c: .thirdC]) {
        self.servers = servers
    }

    /// All of `servers` were heard for long enough that everything may be claimed.
    static func settled(_ servers: [StoreServerID: Server] = [.a: .thirdA, .b: .thirdB, .c: .thirdC])
        -> ShardScene
    {
        var scene = ShardScene(servers)
        scene.pass(.seconds(20))
        return scene
    }

    func word(of id: StoreServerID) -> ServerWord {
        let server = servers[id] ?? Server(epoch: 0, slots: .none)
        let views = servers.filter { $0.key != id }.map { other in
            ServerView(
                server: other.key,
                epoch: other.value.epoch,
                slots: other.value.slots,
                isFailing: failing.contains(other.key)
            )
        }
        return ServerWord(
            server: id,
            generation: generation(of: id),
            time: StoreTime(1_000_000),
            clusterEpoch: server.clusterEpoch ?? servers.values.map(\.epoch).max() ?? 0,
            slots: server.slots,
            migrating: server.migrating,
            importing: server.importing,
            others: server.others ?? views.sorted { $0.server < $1.server }
        )
    }

    func generation(of id: StoreServerID) -> Generation {
        let server = servers[id]
        return Generation(
            dataSet: "data-\(id)",
            run: server?.run ?? "1",
            replication: "x",
            epoch: server?.epoch,
            marker: "m"
        )
    }

    /// Hears servers now.
    @discardableResult
    mutating func hear(_ ids: StoreServerID...) -> ShardLedger.Hearing {
        var result = ShardLedger.Hearing.unchanged
        for id in ids { result = ledger.hear(word(of: id), sentAt: now, receivedAt: now) }
        return result
    }

    /// Hears the servers (all, where none are named) each second while the time passes, and at its end.
    mutating func pass(_ duration: Duration, hearing ids: [StoreServerID]? = nil) {
        let end = time + duration
        while time < end {
            time = min(end, time + .seconds(1))
            for id in ids ?? servers.keys.sorted() {
                _ = ledger.hear(word(of: id), sentAt: now, receivedAt: now)
            }
        }
    }

    func permit(_ slot: StoreSlot) -> ClaimPermit { ledger.permit(for: slot, at: now) }

    func isAllowed(_ slot: StoreSlot) -> Bool {
        guard case .allowed = permit(slot) else { return false }
        return true
    }

    func stamp(_ slot: StoreSlot) -> SlotStamp { ledger.rights.stamp(of: slot) }

    /// The time from the start to the end of a right; nil where it has passed.
    func deadline(_ slot: StoreSlot, since stamp: SlotStamp) -> Duration? {
        ledger.rights.deadline(in: slot, since: stamp).map { $0 - Self.start }
    }

    func mayAct(_ slot: StoreSlot, since stamp: SlotStamp) -> Bool {
        ledger.rights.mayAct(in: slot, since: stamp, at: now)
    }
}

extension ShardScene.Server {
    static let thirdA = Self(epoch: 1, slots: SlotSet([0...5_000]))
    static let thirdB = Self(epoch: 2, slots: SlotSet([5_001...10_000]))
    static let thirdC = Self(epoch: 3, slots: SlotSet([10_001...16_383]))

    /// The replica of `a`, promoted.
    static let promotedA = Self(epoch: 4, slots: SlotSet([0...5_000]))
}

extension StoreServerID {
    static let a = StoreServerID("a")
    static let b = StoreServerID("b")
    static let c = StoreServerID("c")
    static let a2 = StoreServerID("a2")
}

extension StoreSlot {
    /// Of `a`, `b` and `c`.
    static let inA = StoreSlot(7)
    static let inB = StoreSlot(6_000)
    static let inC = StoreSlot(12_000)
}

#if DEBUG
/// Runs `body` with all rules, and with this one switched off; expects that it says whether the rule holds.
func expectNeeded(
    _ rule: SafetyRule,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () -> Bool
) {
    #expect(body(), sourceLocation: sourceLocation)
    let isKept = SafetyRule.$switchedOff.withValue([rule], operation: body)
    #expect(!isKept, "nothing shows without \(rule)", sourceLocation: sourceLocation)
}
#endif
