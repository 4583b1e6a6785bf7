internal import ActorRuntime
internal import CartService
internal import Ownership
internal import RuntimeTesting
internal import Synchronization

/// Sees every script that changes a cart, as nobody can in a real cluster, and knows which sessions may act: what must
/// hold of ownership itself is checked here, at the very step that breaks it.
final class OwnershipOracle: Sendable {
    /// Which script, and for whom.
    enum StoreOperation: Sendable {
        case claim(SessionID)
        case commit(SessionID)
        case republish(SessionID, Version)
        case release(SessionID, Version)
        case surrender(SessionID, Version)

        /// Whether another epoch than the one that stood there is a new one.
        var makesEpochs: Bool {
            if case .surrender = self { false } else { true }
        }
    }

    /// The newest that was ever stored for a cart.
    fileprivate struct Newest {
        var version: Version
        /// Who may have it in memory: the last owner, unless it gave the cart up itself.
        var holder: SessionID?
        /// What the owner has in memory: nil until it learnt that it is the owner, and a commit behind until it learnt of that.
        var known: SequenceNumber?
    }

    fileprivate struct State {
        var newest: [ActorID: Newest] = [:]
        var epochs: [ActorID: [Epoch: SessionID]] = [:]
        var highest: [ActorID: Epoch] = [:]
        var violations: [String] = []
        var lost: Set<ActorID> = []
        var takeovers = 0
    }

    private let state = Mutex(State())
    private let mayAct: @Sendable (SessionID) -> Bool

    /// - Parameter mayAct: whether a session's process lives and its lease, by its own clock, has not run out.
    init(mayAct: @escaping @Sendable (SessionID) -> Bool) {
        self.mayAct = mayAct
    }

    /// A foreign hand took one cart's key away, which nobody can tell from a cart that never was: whoever is asked before
    /// its owner finds out says so. Nothing is promised of it.
    func exempt(_ id: ActorID) {
        state.withLock { state in
            state.lost.insert(id)
            state.newest[id] = nil
        }
    }

    /// What was found wrong.
    var violations: [String] { state.withLock { $0.violations } }
    /// The carts that lost acknowledged changes by the simulated Redis' fault alone, with nobody alive who held them.
    var lost: Set<ActorID> { state.withLock { $0.lost } }
    /// How often a cart went from one session to another without having been given up.
    var takeovers: Int { state.withLock { $0.takeovers } }

    /// Executes a script and looks at what it did.
    func watch<Value>(
        _ storeOperation: StoreOperation,
        of id: ActorID,
        in store: inout SimulatedRedisServer.Store,
        _ script: (inout SimulatedRedisServer.Store) throws(StoreFailure) -> Value
    ) throws(StoreFailure) -> Value {
        let before = Self.record(id, store)
        let value = try script(&store)
        if let after = Self.record(id, store) {
            judge(storeOperation, id, before, after)
        } else if case .release(_, let version) = storeOperation, before != nil || version.sequence == .zero {
            // A cart without a commit ceases to exist when it is given up, also where Redis had lost it already.
            state.withLock { if $0.newest[id]?.version.epoch == version.epoch { $0.newest[id] = nil } }
        }
        return value
    }

    private static func record(_ id: ActorID, _ store: SimulatedRedisServer.Store) -> SimulatedRedisServer
        .Store.Record?
    {
        guard case .record(let record)? = store.contents.slots[id] else { return nil }
        return record
    }

    private func judge(
        _ storeOperation: StoreOperation,
        _ id: ActorID,
        _ before: SimulatedRedisServer.Store.Record?,
        _ after: SimulatedRedisServer.Store.Record
    ) {
        let isSame =
            before?.owner == after.owner && before?.version == after.version
            && before?.commit == after.commit
        guard !isSame else { return }
        state.withLock { state in
            state.note(storeOperation, id, before, after, mayAct)
        }
    }

    /// A session was declared dead.
    func sawTombstone(of session: SessionID) {
        guard mayAct(session) else { return }
        state.withLock { $0.violations.append("I8: \(session) was declared dead and may still act") }
    }

    /// The owner learnt what it owns, by a granted claim or a commit's answer: it has that in memory from now on.
    func heard(_ version: Version, of id: ActorID) {
        state.withLock { state in
            guard let newest = state.newest[id], newest.version.epoch == version.epoch else { return }
            state.newest[id]?.known = max(newest.known ?? .zero, version.sequence)
        }
    }

    /// What lies there can not be read, though only we ever wrote there.
    func sawUnreadable(_ id: ActorID, _ reason: String) {
        state.withLock { $0.violations.append("\(id) can not be read: \(reason)") }
    }

    /// A commit was refused for the sake of a newer owner, and its sender, who heard it, is the owner.
    func sawFencedByItself(_ id: ActorID, _ owner: SessionID) {
        state.withLock {
            $0.violations.append("I5 \(id): \(owner), its owner, was fenced by nobody but itself")
        }
    }
}

extension OwnershipOracle.State {
    fileprivate mutating func note(
        _ storeOperation: OwnershipOracle.StoreOperation,
        _ id: ActorID,
        _ before: SimulatedRedisServer.Store.Record?,
        _ after: SimulatedRedisServer.Store.Record,
        _ mayAct: (SessionID) -> Bool
    ) {
        guard !isEcho(storeOperation, id, before, after) else { return }
        checkLoss(storeOperation, id, after, mayAct)
        checkEpoch(storeOperation, id, before, after)
        checkOwner(storeOperation, id, before, after, mayAct)
        let former = newest[id]
        switch storeOperation {
        case .republish:
            newest[id] = .init(version: after.version, holder: after.owner, known: after.version.sequence)
        case .claim:
            newest[id] = .init(version: after.version, holder: after.owner, known: nil)
        case .commit:
            let known = former?.version.epoch == after.version.epoch ? former?.known : nil
            newest[id] = .init(version: after.version, holder: after.owner, known: known)
        case .release(_, let version), .surrender(_, let version):
            // Who gives up under an older epoch has not given up what it took since.
            let isOver = former?.version.epoch == version.epoch
            let holder = isOver ? nil : former?.holder
            newest[id] = .init(version: after.version, holder: holder, known: isOver ? nil : former?.known)
        }
    }

    /// What fits onto what Redis fell back to, and repeats what was there before: a late copy of an old commit or release,
    /// or an older state that is put back as nobody's. It takes nothing from anybody.
    private func isEcho(
        _ storeOperation: OwnershipOracle.StoreOperation,
        _ id: ActorID,
        _ before: SimulatedRedisServer.Store.Record?,
        _ after: SimulatedRedisServer.Store.Record
    ) -> Bool {
        guard let newest = newest[id] else { return false }
        if let before, before.version >= newest.version { return false }
        switch storeOperation {
        case .commit:
            return after.version <= newest.version
                && after.version.sequence == before?.version.sequence.next
        case .release: return before != nil
        case .surrender: return after.version < newest.version
        case .claim, .republish: return false
        }
    }

    /// What was once stored may only be gone where nobody alive held it in memory.
    private mutating func checkLoss(
        _ storeOperation: OwnershipOracle.StoreOperation,
        _ id: ActorID,
        _ after: SimulatedRedisServer.Store.Record,
        _ mayAct: (SessionID) -> Bool
    ) {
        guard let newest = newest[id], after.version.sequence < newest.version.sequence else { return }
        guard let known = newest.known, let owner = newest.holder, mayAct(owner) else {
            lost.insert(id)
            return
        }
        // A commit that was executed, not heard of, and lost, is made once more by its owner.
        guard after.version.sequence < known || after.owner != owner else { return }
        violations.append(
            "I3 \(id): version \(known.rawValue), which \(owner) holds and may act for, was replaced by"
                + " version \(after.version.sequence.rawValue) of \(after.owner?.rawValue ?? "nobody")"
        )
    }

    /// Epochs only rise, and one belongs to one session.
    private mutating func checkEpoch(
        _ storeOperation: OwnershipOracle.StoreOperation,
        _ id: ActorID,
        _ before: SimulatedRedisServer.Store.Record?,
        _ after: SimulatedRedisServer.Store.Record
    ) {
        let epoch = after.version.epoch
        if storeOperation.makesEpochs, epoch != before?.version.epoch, let highest = highest[id],
            epoch <= highest
        {
            violations.append("I2 \(id): epoch \(epoch.rawValue) came after \(highest.rawValue)")
        }
        highest[id] = max(highest[id] ?? epoch, epoch)
        guard let owner = after.owner else { return }
        if let former = epochs[id]?[epoch], former != owner {
            violations.append("I2 \(id): epoch \(epoch.rawValue) is \(former)'s and \(owner)'s")
        }
        epochs[id, default: [:]][epoch] = owner
    }

    /// Nothing is taken from a session that may act, and a commit moves the version by one.
    private mutating func checkOwner(
        _ storeOperation: OwnershipOracle.StoreOperation,
        _ id: ActorID,
        _ before: SimulatedRedisServer.Store.Record?,
        _ after: SimulatedRedisServer.Store.Record,
        _ mayAct: (SessionID) -> Bool
    ) {
        // An owner that Redis knows only because it fell back to an older state is not taken from.
        if let holder = newest[id]?.holder, let owner = after.owner, owner != holder {
            takeovers += 1
            // Who never heard of its right, and whose claim Redis lost, has nothing that could be taken.
            let holds = newest[id]?.known != nil || before?.owner == holder
            if holds, mayAct(holder) {
                violations.append("I8 \(id): taken from \(holder), which may still act, by \(storeOperation)")
            }
        }
        if case .commit = storeOperation, let before,
            after.version.sequence != before.version.sequence.next
                || after.version.epoch != before.version.epoch
        {
            violations.append("I1 \(id): a commit made \(after.version) of \(before.version)")
        }
    }
}
