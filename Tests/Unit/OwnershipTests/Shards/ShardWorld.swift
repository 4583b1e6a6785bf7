import Ownership

/// A random walk through what may happen to one actor, its servers and two nodes, with the ledgers that decide in
/// earnest. The steps and promises are those of `docs/model/cluster`, with real times.
struct ShardWorld {
    typealias Instant = ContinuousClock.Instant

    struct Record: Equatable {
        var owner: Int?
        var epoch = 0
        /// One bit for each change.
        var content = 0

        func isOlder(than epoch: Int, _ content: Int) -> Bool {
            self.epoch < epoch
                || (self.epoch == epoch && self.content.nonzeroBitCount < content.nonzeroBitCount)
        }
    }

    struct Server {
        var epoch: UInt64
        var slots: SlotSet
        var run = 1
        var record: Record?
        var replica: Record?
        /// What it knows of the others once it was replaced.
        var views: [ServerView]?
        /// Once it was replaced: the end of its answers.
        var answersUntil: Instant?
        var clusterEpoch: UInt64?
    }

    enum Activation: Equatable {
        case none
        case live(epoch: Int, content: Int, stamp: SlotStamp)
        /// The right has passed.
        case copy(epoch: Int, content: Int)
    }

    struct Node {
        var ledger: ShardLedger
        var activation = Activation.none
        /// The servers that the node does not reach.
        var cut: Set<StoreServerID> = []
    }

    /// NT 2 s, L 5 s, m 0.5 s.
    static let policy = ShardScene.policy
    static let slot = StoreSlot(7)

    private(set) var now = ContinuousClock.now
    private(set) var servers: [StoreServerID: Server]
    private(set) var nodes: [Node]
    /// What was done, for a person.
    private(set) var trace: [String] = []
    private var random: SplitMix
    private var acknowledged = 0
    private var gone = 0
    private var nextEpoch = 1
    private var nextChange = 0
    private var promotions: Int
    private var moves: Int

    /// A walk from the beginning.
    init(seed: UInt64, promotions: Int = 1, moves: Int = 1) {
        self = Self.beginning
        random = SplitMix(state: seed)
        self.promotions = promotions
        self.moves = moves
    }

    /// Node 0 owns the actor, and both nodes have heard everything for long enough.
    private static let beginning = ShardWorld()

    private init() {
        random = SplitMix(state: 0)
        promotions = 0
        moves = 0
        servers = [
            .a: Server(epoch: 1, slots: SlotSet([0...9])),
            .b: Server(epoch: 2, slots: SlotSet([10...19])),
            .c: Server(epoch: 3, slots: SlotSet([20...29])),
        ]
        servers[.a]?.record = Record(owner: 0, epoch: 1, content: 0)
        servers[.a]?.replica = Record(owner: nil, epoch: 0, content: 0)
        nodes = (0..<2).map { _ in Node(ledger: ShardLedger(policy: Self.policy)) }
        for _ in 0..<18 {
            now += .seconds(1)
            for id in servers.keys.sorted() { for node in 0..<2 { hear(id, by: node) } }
        }
        nodes[0].activation = .live(epoch: 1, content: 0, stamp: nodes[0].ledger.rights.stamp(of: Self.slot))
    }

    // MARK: Servers

    private var current: [StoreServerID] { servers.filter { $0.value.views == nil }.keys.sorted() }

    private var answering: [StoreServerID] {
        servers.filter { $0.value.answersUntil.map { now < $0 } ?? true }.keys.sorted()
    }

    private func views(without id: StoreServerID) -> [ServerView] {
        current.filter { $0 != id }.compactMap { other in
            servers[other].map { ServerView(server: other, epoch: $0.epoch, slots: $0.slots) }
        }
    }

    private var highestEpoch: UInt64 { servers.values.map(\.epoch).max() ?? 0 }

    private func generation(of id: StoreServerID, _ server: Server) -> Generation {
        Generation(dataSet: "\(id)", run: "\(server.run)", replication: "x", epoch: server.epoch, marker: "m")
    }

    private func word(of id: StoreServerID, _ server: Server) -> ServerWord {
        ServerWord(
            server: id,
            generation: generation(of: id, server),
            time: .past,
            clusterEpoch: server.clusterEpoch ?? highestEpoch,
            slots: server.slots,
            others: server.views ?? views(without: id)
        )
    }

    private mutating func hear(_ id: StoreServerID, by node: Int, late: Duration = .zero) {
        guard let server = servers[id], !nodes[node].cut.contains(id) else { return }
        _ = nodes[node].ledger.hear(word(of: id, server), sentAt: now - late, receivedAt: now)
        lapse(node)
    }

    private mutating func promote(_ id: StoreServerID) {
        guard let old = servers[id], old.views == nil, promotions > 0 else { return }
        promotions -= 1
        let fresh = StoreServerID("\(id)'")
        servers[fresh] = Server(
            epoch: highestEpoch + 1,
            slots: old.slots,
            record: old.replica,
            replica: old.replica
        )
        var replaced = old
        replaced.views = views(without: id).filter { $0.server != fresh }
        replaced.clusterEpoch = highestEpoch - 1
        // It answers for NT at most.
        replaced.answersUntil = now + .milliseconds(random.below(2_000))
        servers[id] = replaced
        trace.append("\(id) is promoted to \(fresh)")
    }

    private mutating func move(to target: StoreServerID) {
        let holders = current.filter { servers[$0]?.slots.contains(Self.slot) == true }
        guard moves > 0, let source = holders.first, source != target, var from = servers[source],
            var to = servers[target]
        else { return }
        moves -= 1
        from.slots = from.slots.subtracting(SlotSet([Self.slot]))
        to.slots = to.slots.union(SlotSet([Self.slot]))
        to.epoch = highestEpoch + 1
        to.record = from.record
        // The claim may be new there, too.
        to.replica = from.record.map { Record(owner: nil, epoch: 0, content: $0.content) }
        from.record = nil
        from.replica = nil
        servers[source] = from
        servers[target] = to
        trace.append("the slot moves from \(source) to \(target)")
    }

    // MARK: Nodes

    func mayAnswer(_ node: Int) -> Bool {
        guard case .live(_, _, let stamp) = nodes[node].activation else { return false }
        return nodes[node].ledger.rights.mayAct(in: Self.slot, since: stamp, at: now)
    }

    /// What a node knows of the actor.
    private func content(_ node: Int) -> Int? {
        switch nodes[node].activation {
        case .none: nil
        case .live(_, let content, _), .copy(_, let content): content
        }
    }

    private mutating func lapse(_ node: Int) {
        guard case .live(let epoch, let content, _) = nodes[node].activation, !mayAnswer(node) else { return }
        nodes[node].activation = .copy(epoch: epoch, content: content)
        trace.append("node \(node) has no right any more")
    }

    /// The server that a command of the node reaches, with its record; only under the facts that the node knows.
    private func reach(_ node: Int) -> StoreServerID? {
        guard let place = nodes[node].ledger.place(of: Self.slot), answering.contains(place.server),
            !nodes[node].cut.contains(place.server),
            let server = servers[place.server], server.slots.contains(Self.slot),
            nodes[node].ledger.generation(of: Self.slot) == generation(of: place.server, server)
        else { return nil }
        return place.server
    }

    private mutating func claim(_ node: Int) {
        if case .live = nodes[node].activation { return }
        guard case .allowed(let grounds) = nodes[node].ledger.permit(for: Self.slot, at: now),
            let id = reach(node)
        else { return }
        let before = servers[id]?.record
        guard before?.owner == nil || before?.owner == node else { return }
        var content = before?.content ?? 0
        if case .copy(let epoch, let copy) = nodes[node].activation, SafetyRule.offerDormant.holds,
            before?.isOlder(than: epoch, copy) ?? true
        {
            content = copy
        }
        write(content, to: id, by: node)
        nodes[node].activation = .live(epoch: nextEpoch, content: content, stamp: grounds.stamp)
        trace.append("node \(node) claims at \(id)")
    }

    private mutating func write(_ content: Int, to id: StoreServerID, by node: Int) {
        judge(content, at: id, by: node)
        nextEpoch += 1
        servers[id]?.record = Record(owner: node, epoch: nextEpoch, content: content)
    }

    private mutating func verify(_ node: Int) {
        let ledger = nodes[node].ledger
        guard case .live(let epoch, let content, let stamp) = nodes[node].activation,
            let facts = ledger.facts(of: Self.slot), facts.stamp != stamp, let id = reach(node)
        else { return }
        let record = servers[id]?.record
        if let record, record.owner == node, record.epoch == epoch, record.content & content == content {
            nodes[node].activation = .live(epoch: epoch, content: content, stamp: facts.stamp)
            trace.append("node \(node) compares at \(id)")
        } else if record?.isOlder(than: epoch, content) ?? true {
            write(content, to: id, by: node)
            nodes[node].activation = .live(epoch: nextEpoch, content: content, stamp: facts.stamp)
            trace.append("node \(node) puts it back at \(id)")
        } else {
            nodes[node].activation = .none
            trace.append("node \(node) is fenced at \(id)")
        }
        lapse(node)
    }

    /// Commits follow redirections, and links to replaced servers.
    private mutating func commit(_ node: Int) {
        guard nextChange < 3, mayAnswer(node),
            case .live(let epoch, let content, let stamp) = nodes[node].activation,
            let id = reach(node), servers[id]?.record == Record(owner: node, epoch: epoch, content: content)
        else { return }
        let fresh = content | 1 << nextChange
        acknowledged |= 1 << nextChange
        nextChange += 1
        servers[id]?.record?.content = fresh
        nodes[node].activation = .live(epoch: epoch, content: fresh, stamp: stamp)
        trace.append("node \(node) commits at \(id)")
    }

    private mutating func release(_ node: Int) {
        guard mayAnswer(node), case .live(let epoch, let content, _) = nodes[node].activation,
            let id = reach(node),
            servers[id]?.record == Record(owner: node, epoch: epoch, content: content)
        else { return }
        servers[id]?.record?.owner = nil
        nodes[node].activation = .none
        trace.append("node \(node) releases at \(id)")
    }

    // MARK: Promises

    private(set) var broken: String?

    /// An acknowledged change may be lost only if no primary has it, and no node that may still use it.
    private mutating func judge(_ content: Int, at id: StoreServerID, by node: Int) {
        let missing = acknowledged & ~content
        guard missing != 0 else { return }
        if let record = servers[id]?.record, record.content & missing != 0 {
            broken = "the record has the change"
        }
        if let own = self.content(node), own & missing != 0 { broken = "the writer has the change" }
        if mayAnswer(1 - node), let other = self.content(1 - node), other & missing != 0 {
            broken = "a live owner has the change"
        }
        for other in current where other != id {
            if let record = servers[other]?.record, record.content & missing != 0 {
                broken = "a primary has the change"
            }
        }
        acknowledged &= ~missing
        gone |= missing
    }

    private mutating func check() {
        if mayAnswer(0), mayAnswer(1) { broken = "two nodes may answer" }
        for node in 0..<2 where mayAnswer(node) {
            guard let content = content(node) else { continue }
            if acknowledged & ~content != 0 { broken = "node \(node) may answer without a change" }
            if gone & content != 0 { broken = "a change that was lost comes back" }
        }
    }

    // MARK: Steps

    /// Takes so many steps, or fewer if a promise is broken.
    mutating func walk(_ steps: Int) {
        for _ in 0..<steps where broken == nil {
            step()
            check()
        }
    }

    private mutating func step() {
        let node = Int(random.below(2))
        switch random.below(100) {
        case 0..<12:
            hear(pick(answering), by: node, late: .milliseconds(random.below(400)))
        case 12..<22:
            // Now and then nobody is heard for long.
            now += .milliseconds(random.below(random.below(8) == 0 ? 6_000 : 900))
            for node in 0..<2 { lapse(node) }
        case 22..<50:
            now += .milliseconds(200 + random.below(800))
            for node in 0..<2 {
                for id in answering { hear(id, by: node) }
                lapse(node)
            }
        case 50..<54:
            let id = pick(servers.keys.sorted())
            if nodes[node].cut.remove(id) == nil { nodes[node].cut.insert(id) }
        case 54..<56: nodes[node].cut = []
        case 56..<70: verify(node)
        case 70..<84: claim(node)
        case 84..<90: commit(node)
        case 90..<92: release(node)
        case 92..<94:
            for id in current where random.below(2) == 0 {
                let record = servers[id]?.record
                servers[id]?.replica = record
            }
        case 94..<97: promote(pick(current))
        default: move(to: pick(current))
        }
    }

    private mutating func pick(_ ids: [StoreServerID]) -> StoreServerID {
        ids[Int(random.below(UInt64(ids.count)))]
    }
}

/// Steele, Lea and Flood's SplitMix64.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: UInt64) -> UInt64 { next() % max(1, limit) }
}
