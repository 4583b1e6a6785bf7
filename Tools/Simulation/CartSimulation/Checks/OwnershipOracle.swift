internal import ActorRuntime
internal import CartActor
internal import Ownership
internal import RuntimeTesting
internal import Synchronization

/// Checks the invariants of ownership at the very step that breaks them: it sees every script that changes a
/// cart, which no observer of a real cluster can, and knows which sessions may act.
final class OwnershipOracle: Sendable {
    /// A script that changes a cart, with the session that it acts for.
    enum StoreOperation: Sendable {
        case claim(SessionID)
        case commit(SessionID)
        case republish(SessionID, Version)
        case release(SessionID, Version)
        case surrender(SessionID, Version)

        /// True if an epoch that differs from the stored one must be a new one.
        var makesEpochs: Bool {
            if case .surrender = self { false } else { true }
        }
    }

    /// One executed script that changed a cart's record.
    fileprivate struct Step {
        let operation: StoreOperation
        let id: ActorID
        let before: SimulatedRedisServer.Store.Record?
        let after: SimulatedRedisServer.Store.Record

        /// False if owner, version and commit stayed the same.
        var isChange: Bool {
            before?.owner != after.owner || before?.version != after.version || before?.commit != after.commit
        }

        /// True if the sequence number grew by one, or began.
        var isNextSequence: Bool {
            guard let former = before?.version.sequence else { return false }
            return former == .zero
                ? after.version.sequence > .zero : after.version.sequence == former.next
        }
    }

    /// The newest state that was ever stored for a cart.
    fileprivate struct Newest {
        var version: Version
        /// The commit that made it.
        var commit: CommitID?
        /// The session that may hold the state in memory: the last owner, unless it gave the cart up itself.
        var holder: SessionID?
        /// The version that the owner has in memory: nil until it learns that it is the owner, and one commit
        /// behind until it learns of that commit.
        var known: SequenceNumber?
    }

    fileprivate struct State {
        var newest: [ActorID: Newest] = [:]
        var epochs: [ActorID: [Epoch: SessionID]] = [:]
        var highest: [ActorID: Epoch] = [:]
        /// The highest version of each cart that was ever stored, and the commit that made it, whatever was lost
        /// or forgotten since.
        var last: [ActorID: (sequence: SequenceNumber, commit: CommitID?)] = [:]
        var violations: [String] = []
        var lost: Set<ActorID> = []
        var takeovers = 0
    }

    private let state = Mutex(State())
    private let mayAct: @Sendable (SessionID) -> Bool

    /// - Parameter mayAct: returns true if a session's process is alive and its lease, by its own clock, has
    ///   not expired.
    init(mayAct: @escaping @Sendable (SessionID) -> Bool) {
        self.mayAct = mayAct
    }

    /// Exempts a cart whose key was deleted from outside. Such a cart looks as if it had never existed, and a
    /// node may say so before its owner finds out: nothing is promised of it.
    func exempt(_ id: ActorID) {
        state.withLock { state in
            state.lost.insert(id)
            state.newest[id] = nil
        }
    }

    /// Violated invariants, one message each.
    var violations: [String] { state.withLock { $0.violations } }
    /// Carts whose acknowledged changes Redis lost while no live node held them.
    var lost: Set<ActorID> { state.withLock { $0.lost } }
    /// Number of ownership changes without a release by the previous session.
    var takeovers: Int { state.withLock { $0.takeovers } }

    /// Executes a script and checks what it did.
    func watch<Value>(
        _ operation: StoreOperation,
        of id: ActorID,
        in store: inout SimulatedRedisServer.Store,
        _ script: (inout SimulatedRedisServer.Store) throws(StoreFailure) -> Value
    ) throws(StoreFailure) -> Value {
        let before = Self.record(of: id, in: store)
        let value = try script(&store)
        if let after = Self.record(of: id, in: store) {
            let step = Step(operation: operation, id: id, before: before, after: after)
            if step.isChange { state.withLock { $0.check(step, mayAct) } }
        } else if case .release(_, let version) = operation, before != nil || version.sequence == .zero {
            // A cart without a commit ceases to exist when it is released, even if Redis had lost it already.
            state.withLock { if $0.newest[id]?.version.epoch == version.epoch { $0.newest[id] = nil } }
        }
        return value
    }

    private static func record(
        of id: ActorID,
        in store: SimulatedRedisServer.Store
    ) -> SimulatedRedisServer.Store.Record? {
        guard case .record(let record)? = store.contents.slots[id] else { return nil }
        return record
    }

    /// Checks that a session that gets a tombstone may not act.
    func sawTombstone(of session: SessionID) {
        guard mayAct(session) else { return }
        state.withLock { $0.violations.append("I8: \(session) was declared dead and may still act") }
    }

    /// Notes that the owner learned of a version, by a granted claim or a commit's answer, and holds it in
    /// memory from now on.
    func heard(_ version: Version, of id: ActorID) {
        state.withLock { state in
            guard let newest = state.newest[id], newest.version.epoch == version.epoch else { return }
            state.newest[id]?.known = max(newest.known ?? .zero, version.sequence)
        }
    }

    /// Notes that the owner forgot a version that is stored, and holds nothing in memory until it claims the
    /// cart again.
    func gaveUp(_ version: Version, of id: ActorID) {
        state.withLock { state in
            guard let newest = state.newest[id], newest.version.epoch == version.epoch else { return }
            state.newest[id]?.known = nil
        }
    }

    /// Notes that a stored cart expired, which must not happen while its owner holds it in memory: the owner
    /// prolongs its life.
    ///
    /// - Parameter isExcused: true for a session that may have been unable to.
    /// - Returns: true if nobody held it: the cart does not exist any more.
    func sawExpiry(of id: ActorID, isExcused: (SessionID) -> Bool) -> Bool {
        state.withLock { state in
            defer { state.newest[id] = nil }
            guard let newest = state.newest[id], newest.known != nil, let holder = newest.holder,
                mayAct(holder)
            else { return true }
            state.lost.insert(id)
            if !isExcused(holder) {
                state.violations.append("I3 \(id): it expired, although \(holder) holds it in memory")
            }
            return false
        }
    }

    /// Records the violation that a stored cart cannot be read, although only nodes wrote it.
    func sawUnreadable(_ id: ActorID, _ reason: String) {
        state.withLock { $0.violations.append("\(id) cannot be read: \(reason)") }
    }

    /// Records the violation that a session ended although nothing had hindered its process.
    func sawNeedlessEnd(of session: SessionID, _ reason: String) {
        state.withLock { $0.violations.append("I9: \(session) ended although Redis answered: \(reason)") }
    }

    /// Records the violation that a commit was fenced although its sender, which heard the answer, is the
    /// owner.
    func sawFencedByItself(_ id: ActorID, _ owner: SessionID) {
        state.withLock {
            $0.violations.append(
                "I5 \(id): the commit of its owner \(owner) was fenced, although no other session took over"
            )
        }
    }
}

extension OwnershipOracle.State {
    fileprivate mutating func check(_ step: OwnershipOracle.Step, _ mayAct: (SessionID) -> Bool) {
        guard !isEcho(step) else { return }
        checkLoss(step, mayAct)
        checkEpoch(step)
        checkOwner(step, mayAct)
        note(step)
    }

    /// Makes the step's result the newest state of the cart.
    private mutating func note(_ step: OwnershipOracle.Step) {
        let former = newest[step.id]
        let after = step.after
        switch step.operation {
        case .republish:
            newest[step.id] = .init(
                version: after.version,
                commit: after.commit,
                holder: after.owner,
                known: after.version.sequence
            )
        case .claim:
            newest[step.id] = .init(
                version: after.version,
                commit: after.commit,
                holder: after.owner,
                known: nil
            )
        case .commit:
            let known = former?.version.epoch == after.version.epoch ? former?.known : nil
            newest[step.id] = .init(
                version: after.version,
                commit: after.commit,
                holder: after.owner,
                known: known
            )
        case .release(_, let version), .surrender(_, let version):
            // A session that gives a cart up under an older epoch keeps what it claimed since.
            let isOver = former?.version.epoch == version.epoch
            let holder = isOver ? nil : former?.holder
            newest[step.id] = .init(
                version: after.version,
                commit: after.commit,
                holder: holder,
                known: isOver ? nil : former?.known
            )
        }
    }

    /// True if a step only repeats, on an older state that Redis fell back to, what was stored before: a late
    /// copy of an old commit or release, or an older state that is put back without an owner. It takes
    /// nothing from any session.
    private func isEcho(_ step: OwnershipOracle.Step) -> Bool {
        guard let newest = newest[step.id] else { return false }
        if let before = step.before, before.version >= newest.version { return false }
        return switch step.operation {
        case .commit: step.after.version <= newest.version && step.isNextSequence
        case .release: step.before != nil
        case .surrender: step.after.version < newest.version
        case .claim, .republish: false
        }
    }

    /// Checks that a stored version is only lost if no live node held it in memory.
    private mutating func checkLoss(_ step: OwnershipOracle.Step, _ mayAct: (SessionID) -> Bool) {
        let id = step.id
        let after = step.after
        guard let newest = newest[id], isLoss(step, of: newest) else { return }
        guard let known = newest.known, let owner = newest.holder, mayAct(owner) else {
            lost.insert(id)
            return
        }
        // A commit that was executed and lost before its owner heard of it is made once more by that owner.
        guard after.version.sequence < known || after.owner != owner else { return }
        violations.append(
            "I3 \(id): version \(known.rawValue), which \(owner) holds and may act for, was replaced by"
                + " version \(after.version.sequence.rawValue) of \(after.owner?.rawValue ?? "no owner")"
        )
    }

    /// True if Redis holds less than the newest state, or another state of the same version: a late copy of a
    /// former owner's commit may have been applied to the older state that Redis fell back to.
    private func isLoss(_ step: OwnershipOracle.Step, of newest: OwnershipOracle.Newest) -> Bool {
        let (found, known) = (step.after.version.sequence, newest.version.sequence)
        if case .claim = step.operation, found == known { return step.after.commit != newest.commit }
        return found < known
    }

    /// Checks that epochs only grow, and that each belongs to one session.
    private mutating func checkEpoch(_ step: OwnershipOracle.Step) {
        let id = step.id
        let epoch = step.after.version.epoch
        if step.operation.makesEpochs, epoch != step.before?.version.epoch, let highest = highest[id],
            epoch <= highest
        {
            violations.append("I2 \(id): epoch \(epoch.rawValue) came after \(highest.rawValue)")
        }
        highest[id] = max(highest[id] ?? epoch, epoch)
        guard let owner = step.after.owner else { return }
        if let former = epochs[id]?[epoch], former != owner {
            violations.append("I2 \(id): epoch \(epoch.rawValue) belongs to \(former) and to \(owner)")
        }
        epochs[id, default: [:]][epoch] = owner
    }

    /// Checks that nothing is taken from a session that may act, and that a commit moves the version by one.
    private mutating func checkOwner(_ step: OwnershipOracle.Step, _ mayAct: (SessionID) -> Bool) {
        let id = step.id
        // An owner that Redis knows only because it fell back to an older state loses nothing.
        if let holder = newest[id]?.holder, let owner = step.after.owner, owner != holder {
            takeovers += 1
            // A session that never heard of its ownership, and whose claim Redis lost, has nothing to lose.
            let holds = newest[id]?.known != nil || step.before?.owner == holder
            if holds, mayAct(holder) {
                violations.append("I8 \(id): taken from \(holder), which may still act, by \(step.operation)")
            }
        }
        if case .commit = step.operation, let before = step.before,
            !step.isNextSequence || step.after.version.epoch != before.version.epoch
        {
            violations.append("I1 \(id): a commit changed \(before.version) to \(step.after.version)")
        }
        checkFirst(step)
    }

    /// Checks that the first version of a cart is above all versions of earlier carts with its id. A commit
    /// that Redis lost makes its version once more.
    private mutating func checkFirst(_ step: OwnershipOracle.Step) {
        let (id, made) = (step.id, step.after.version.sequence)
        if case .commit = step.operation, step.before?.version.sequence == .zero, let last = last[id],
            made <= last.sequence, made != last.sequence || step.after.commit != last.commit
        {
            violations.append(
                "I1 \(id): version \(made.rawValue) is used again after \(last.sequence.rawValue)"
            )
        }
        if made >= last[id]?.sequence ?? .zero { last[id] = (made, step.after.commit) }
    }
}
