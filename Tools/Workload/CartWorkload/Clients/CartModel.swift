import SeededRandom
import Synchronization

/// The clients' shared knowledge of one cart, from which its next change is chosen.
final class CartModel: Sendable {
    /// A change of this cart, or a merge of it into another.
    struct Choice {
        let action: Action
        let cart: CartName
        /// The version at which the clients believe the cart to be; nil where it must not be expected.
        var expected: UInt64?
    }

    /// A merge of this cart that some client began.
    struct OpenMerge {
        let id: OperationID
        let target: CartName
    }

    private let knowledge = Mutex(CartKnowledge())

    /// A change that brings the cart nearer to its planned size, sets a quantity, or is of another kind.
    func change(
        _ id: OperationID,
        on cart: CartName,
        plan: WorkloadPlan,
        _ random: inout SplitMix64
    ) -> Choice {
        knowledge.withLock { known in
            if let merge = known.openMerge, random.unit() < (known.phase == .open ? 0.2 : 0.6) {
                return Choice(action: .merge(from: cart, id: merge.id), cart: merge.target)
            }
            if plan.others > 0, known.exists, random.unit() < plan.others {
                return known.otherChange(id, on: cart, plan: plan, &random)
            }
            let action = known.change(id, on: cart, plan: plan, &random)
            return Choice(action: action, cart: cart, expected: known.expectedVersion)
        }
    }

    /// The next change of a cart that is being filled.
    func filling(_ id: OperationID, _ random: inout SplitMix64) -> Action {
        knowledge.withLock { $0.exists ? $0.addition(id, &random) : .create }
    }

    /// An acknowledged operation once more, or another operation under its key; nil if there is none.
    func repetition(
        _ id: OperationID,
        on cart: CartName,
        _ random: inout SplitMix64
    ) -> WorkloadOperation? {
        knowledge.withLock { known in
            guard let former = known.acknowledged.randomElement(using: &random) else { return nil }
            if random.unit() < 0.6 { return former }
            let action = known.addition(id, &random)
            return WorkloadOperation(id, action, on: cart, key: former.key, reused: former.id)
        }
    }

    /// Records the result of an operation; nil if the client gave up without one.
    func conclude(_ operation: WorkloadOperation, _ reply: AttemptResult?) {
        knowledge.withLock { $0.conclude(operation, reply) }
    }

    /// Records the result of a merge of this cart into another; nil if the client gave up without one.
    func concludeMerge(_ id: OperationID, into target: CartName, _ reply: AttemptResult?) {
        knowledge.withLock { $0.concludeMerge(id, into: target, reply) }
    }
}
