import SeededRandom
import Synchronization

/// What clients know of one cart, and so what may be wanted of it next.
final class CartModel: Sendable {
    fileprivate struct Knowledge {
        var exists = false
        var version: UInt64 = 0
        var lines: [CartObservation.Line] = []
        /// Lines that an operation under way is about: nobody else should change them.
        var inHand = Set<UInt32>()
        /// Lines whose change is of unknown outcome: to be chosen only where there is no other.
        var doubtful = Set<UInt32>()
        /// How many additions are under way.
        var adding = 0
        var quantities: UInt32 = 0
    }

    private let knowledge = Mutex(Knowledge())

    /// The change that brings the cart nearer to the size it shall have, or now and then one that leaves it there.
    func change(_ id: OperationID, _ plan: WorkloadPlan, _ random: inout SplitMix64) -> Action {
        knowledge.withLock { known in
            guard known.exists else { return .create }
            if !known.lines.isEmpty, random.unit() < plan.quantities, let line = known.takeLine(&random) {
                return .setQuantity(line: line, known.nextQuantity())
            }
            if known.lines.count + known.adding >= plan.cartSize, let line = known.takeLine(&random) {
                return .remove(line: line)
            }
            return known.addition(id, &random)
        }
    }

    /// The next change of a cart that is to be filled.
    func filling(_ id: OperationID, _ random: inout SplitMix64) -> Action {
        knowledge.withLock { $0.exists ? $0.addition(id, &random) : .create }
    }

    /// Takes down what came of an operation; nil where nothing did.
    func conclude(_ action: Action, _ reply: AttemptResult?) {
        knowledge.withLock { known in
            let outcome = reply?.outcome ?? .unknown("")
            known.release(action, outcome)
            switch outcome {
            case .done(let observation):
                known.exists = true
                if let observation { known.take(observation) }
            case .rejected(.cartMissing):
                known.exists = false
                known.version = 0
                known.lines = []
            case .rejected, .notApplied, .unknown:
                break
            }
        }
    }
}

extension CartModel.Knowledge {
    fileprivate mutating func addition(_ id: OperationID, _ random: inout SplitMix64) -> Action {
        adding += 1
        return .add(Article(id), quantity: UInt32.random(in: 1...5, using: &random))
    }

    fileprivate mutating func takeLine(_ random: inout SplitMix64) -> UInt32? {
        guard !lines.isEmpty else { return nil }
        // Any first choice, and then the next one that is free.
        let start = Int.random(in: 0..<lines.count, using: &random)
        for allowsDoubt in [false, true] {
            for offset in 0..<lines.count {
                let line = lines[(start + offset) % lines.count].id
                if inHand.contains(line) || (!allowsDoubt && doubtful.contains(line)) { continue }
                inHand.insert(line)
                return line
            }
        }
        return nil
    }

    /// Quantities go round through all that a line may have; additions use the first few.
    fileprivate mutating func nextQuantity() -> UInt32 {
        quantities = (quantities + 1) % 9_990
        return 10 + quantities
    }

    fileprivate mutating func release(_ action: Action, _ outcome: AttemptResult.Outcome) {
        let isUnknown = if case .unknown = outcome { true } else { false }
        switch action {
        case .create, .read:
            break
        case .add:
            adding = max(0, adding - 1)
        case .setQuantity(let line, _), .remove(let line):
            inHand.remove(line)
            if isUnknown { doubtful.insert(line) }
        }
    }

    fileprivate mutating func take(_ observation: CartObservation) {
        guard observation.version > version else { return }
        version = observation.version
        lines = observation.lines
        if !doubtful.isEmpty { doubtful.formIntersection(lines.map(\.id)) }
    }
}
