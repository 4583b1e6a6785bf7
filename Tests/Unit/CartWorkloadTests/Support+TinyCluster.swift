import CartWorkload
import SeededRandom

/// A defect of a cluster that the checker must find.
enum Defect: CaseIterable {
    case losesAcknowledged, appliesTwice, appliesDenied, showsThePast, skipsVersions, forksVersions,
        forgetsKeys
    case goesBack, losesUnseenTail
    case clearsInPart, halvesBatches, ignoresExpectedVersions, keepsDeleted, changesOrders, takesOutTwice
    case acceptsReusedKeys, losesNotes, losesPrices, forgetsOrders
}

/// A cluster of one cart in a few lines: commands wait, are decided in batches, and are answered in any
/// order, late or never. It is correct but for one defect, which has effect now and then.
struct TinyCluster {
    private let plan: WorkloadPlan
    private let history = History(carts: 1)
    private let generator: WorkloadGenerator
    private let defect: Defect?
    private var random: SplitMix64
    /// The defect has had effect.
    var isFlawed = false

    private var versions: [CartObservation?] = [nil]
    var nextLine: UInt32 = 1
    private var keys: [String: UInt64] = [:]

    private struct Waiting {
        let sentAttempt: History.SentAttempt
        let operation: WorkloadOperation
    }

    private var inbox: [Waiting] = []
    /// Commands whose clients have given up, and that may be executed later.
    private var held: [WorkloadOperation] = []
    private var outbox: [(waiting: Waiting, reply: AttemptResult)] = []
    private var retries: [WorkloadOperation] = []
    private var operations: UInt32 = 0

    init(seed: UInt64, defect: Defect?) {
        var plan = WorkloadPlan()
        plan.carts = 1
        plan.cartSize = 5
        plan.useEveryAction()
        self.plan = plan
        self.defect = defect
        generator = WorkloadGenerator(plan)
        random = SplitMix64(seed: seed)
    }

    mutating func run(steps: Int) -> CheckResult {
        for _ in 0..<steps {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4: send()
            case 4..<6:
                commit(inbox.count > 1 ? Int.random(in: 1...inbox.count, using: &random) : inbox.count)
            case 6..<9: deliver()
            default: runHeld()
            }
        }
        while !inbox.isEmpty || !outbox.isEmpty {
            commit(inbox.count)
            deliver()
        }
        let look = WorkloadOperation(OperationID(client: 0, number: 1), .read, on: CartName(0))
        history.answered(history.sent(look, to: 0, at: .zero), reply(to: look, Decision()), at: .zero)
        var checker = Checker()
        checker.stored = [0: UInt64(versions.count - 1)]
        return checker.check(history)
    }

    /// - Parameter chance: the probability that the defect has effect, if this is it.
    mutating func strikes(_ defect: Defect, chance: Double = 0.2) -> Bool {
        guard self.defect == defect, random.unit() < chance else { return false }
        return true
    }

    private mutating func send() {
        guard inbox.count + outbox.count < 8 else { return }
        let operation: WorkloadOperation
        if !retries.isEmpty, random.unit() < 0.7 {
            operation = retries.removeFirst()
        } else {
            operations += 1
            operation = generator.operation(
                OperationID(client: 1 + operations % 4, number: operations),
                &random
            )
        }
        inbox.append(
            Waiting(
                sentAttempt: history.sent(operation, to: 0, at: .milliseconds(Int64(operations))),
                operation: operation
            )
        )
    }

    private mutating func commit(_ count: Int) {
        inbox.shuffle(using: &random)
        let batch = Array(inbox.prefix(count))
        inbox.removeFirst(batch.count)
        var state = versions.last ?? nil
        let version = UInt64(versions.count)
        var decided: [(Waiting, Decision)] = []
        var changed = false
        for waiting in batch {
            if !waiting.operation.action.isRead, random.unit() < 0.1 {
                outbox.append((waiting, AttemptResult(.notApplied("overloaded"))))
                if strikes(.appliesDenied), apply(waiting.operation, to: &state, version).changes {
                    isFlawed = true
                    changed = true
                }
                continue
            }
            if random.unit() < 0.1 {
                // The command is lost, or executed at some later time.
                outbox.append((waiting, AttemptResult(.unknown("no answer"))))
                held.append(waiting.operation)
                continue
            }
            let decision = decide(waiting.operation, on: &state, version, isFirst: !changed)
            if decision.changes { changed = true }
            decided.append((waiting, decision))
        }
        if changed { append(state, version) }
        for (waiting, decision) in decided {
            outbox.append((waiting, reply(to: waiting.operation, decision)))
        }
    }

    struct Decision {
        var changes = false
        var rejection: AttemptResult.Rejection?
        var replayed: UInt64?
    }

    private mutating func decide(
        _ operation: WorkloadOperation,
        on state: inout CartObservation?,
        _ version: UInt64,
        isFirst: Bool
    ) -> Decision {
        if let key = operation.key, let committed = keys[key] {
            if operation.reused != nil {
                guard strikes(.acceptsReusedKeys) else { return Decision(rejection: .keyReused) }
            } else {
                guard strikes(.forgetsKeys) else { return Decision(replayed: committed) }
            }
            let again = apply(operation, to: &state, version)
            if again.changes || again.rejection != nil { isFlawed = true }
            return again
        }
        if !operation.action.isRead, strikes(.losesAcknowledged), case .add = operation.action,
            state?.phase == .open
        {
            isFlawed = true
            return Decision(changes: true)
        }
        let before = state
        var decision = apply(operation, to: &state, version)
        let actual = before?.phase == .deleted ? 0 : isFirst ? version - 1 : version
        if let expected = operation.expected, expected != actual, decision.rejection == nil,
            !(operation.action == .delete && before?.phase == .deleted)
        {
            guard decision.changes, strikes(.ignoresExpectedVersions) else {
                state = before
                if decision.changes, let key = operation.key { keys[key] = nil }
                return Decision(rejection: .versionMismatch(actual: actual > 0 ? actual : nil))
            }
            isFlawed = true
        }
        if case .takeOut = operation.action, decision.changes, strikes(.takesOutTwice) {
            _ = apply(operation, to: &state, version)
            if before?.lines != state?.lines { isFlawed = true }
        }
        if strikes(.appliesTwice), decision.changes, case .add = operation.action {
            isFlawed = true
            decision = apply(operation, to: &state, version)
        }
        return decision
    }

    mutating func remember(_ operation: WorkloadOperation, _ version: UInt64) -> Decision {
        if let key = operation.key { keys[key] = version }
        return Decision(changes: true)
    }

    private mutating func append(_ state: CartObservation?, _ version: UInt64) {
        versions.append(state?.at(version))
        if strikes(.skipsVersions) {
            isFlawed = true
            versions.append(state?.at(version + 1))
        }
        if strikes(.goesBack), versions.count > 3, let old = versions[versions.count - 3],
            let new = state, old.lines != new.lines
        {
            // A former owner overwrites the new state with its own.
            isFlawed = true
            versions.append(old.at(UInt64(versions.count)))
        }
    }

    private mutating func reply(to operation: WorkloadOperation, _ decision: Decision) -> AttemptResult {
        if let rejection = decision.rejection { return AttemptResult(.rejected(rejection)) }
        var place = versions.count - 1
        if strikes(.showsThePast), operation.action.isRead, place > 6, versions[place - 6] != nil {
            isFlawed = true
            place -= 6
        }
        if operation.action.isRead, versions[place]?.phase == .deleted {
            return AttemptResult(.rejected(.cartDeleted))
        }
        var reply = show(place)
        if strikes(.forksVersions), operation.action.isRead, let observation = reply.observation,
            let first = observation.lines.first
        {
            isFlawed = true
            let other = first.with(quantity: first.quantity + 1)
            reply.outcome = .done(
                CartObservation(
                    version: observation.version,
                    phase: observation.phase,
                    note: observation.note,
                    mark: observation.mark,
                    lines: [other] + observation.lines.dropFirst()
                )
            )
        }
        reply.isReplay = decision.replayed != nil
        reply.committedAt = decision.replayed
        // Neither a deletion nor a replay shows a deleted cart.
        guard versions[place]?.phase == .deleted, operation.action == .delete || reply.isReplay else {
            return reply
        }
        if operation.key != nil, !reply.isReplay { reply.committedAt = UInt64(place) }
        reply.outcome = .done(nil)
        return reply
    }

    private func show(_ place: Int) -> AttemptResult {
        versions[place].map { AttemptResult(.done($0)) } ?? AttemptResult(.rejected(.cartMissing))
    }

    private mutating func deliver() {
        guard let (waiting, reply) = outbox.isEmpty ? nil : outbox.remove(at: pick(outbox.count)) else {
            return
        }
        guard random.unit() > 0.1 else {
            // The answer is lost.
            if random.unit() < 0.5 { answer(waiting, AttemptResult(.unknown("connection reset"))) }
            return
        }
        answer(waiting, reply)
    }

    private mutating func answer(_ waiting: Waiting, _ reply: AttemptResult) {
        history.answered(waiting.sentAttempt, reply, at: .milliseconds(Int64(operations)))
        let isUnknown = if case .unknown = reply.outcome { true } else { false }
        if waiting.operation.key != nil, isUnknown {
            retries.append(waiting.operation)
        } else {
            generator.conclude(waiting.operation, reply)
        }
    }

    private mutating func runHeld() {
        guard !held.isEmpty else { return }
        let operation = held.remove(at: pick(held.count))
        guard random.unit() < 0.5, operation.key.map({ keys[$0] == nil }) ?? true else { return }
        var state = versions.last ?? nil
        let version = UInt64(versions.count)
        if decide(operation, on: &state, version, isFirst: true).changes { append(state, version) }
        if strikes(.losesUnseenTail), versions.count > 4 {
            // The last version is lost, although it was acknowledged; the next change gets its number.
            isFlawed = true
            versions.removeLast()
        }
    }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
}

extension CartObservation {
    /// The same content as another version.
    fileprivate func at(_ version: UInt64) -> CartObservation {
        CartObservation(version: version, phase: phase, note: note, mark: mark, lines: lines)
    }
}
