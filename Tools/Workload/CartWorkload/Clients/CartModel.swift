import SeededRandom
import Synchronization

/// The clients' shared knowledge of one cart, from which its next change is chosen.
final class CartModel: Sendable {
    fileprivate struct Knowledge {
        var exists = false
        var version: UInt64 = 0
        var lines: [CartObservation.Line] = []
        /// Lines that an operation in flight changes; no other operation should change them.
        var reserved = Set<UInt32>()
        /// Lines with a change of unknown outcome; chosen only if there is no other.
        var uncertain = Set<UInt32>()
        /// The number of additions in flight.
        var pendingAdditions = 0
        /// The number of quantities that were chosen, modulo their range.
        var quantities: UInt32 = 0
    }

    private let knowledge = Mutex(Knowledge())

    /// A change that brings the cart nearer to its planned size, or sets a quantity.
    func change(_ id: OperationID, plan: WorkloadPlan, _ random: inout SplitMix64) -> Action {
        knowledge.withLock { known in
            guard known.exists else { return .create }
            if !known.lines.isEmpty, random.unit() < plan.quantities, let line = known.reserveLine(&random) {
                return .setQuantity(line: line, known.nextQuantity())
            }
            if known.lines.count + known.pendingAdditions >= plan.cartSize,
                let line = known.reserveLine(&random)
            {
                return .remove(line: line)
            }
            return known.addition(id, &random)
        }
    }

    /// The next change of a cart that is being filled.
    func filling(_ id: OperationID, _ random: inout SplitMix64) -> Action {
        knowledge.withLock { $0.exists ? $0.addition(id, &random) : .create }
    }

    /// Records the result of an operation; nil if the client gave up without one.
    func conclude(_ action: Action, _ reply: AttemptResult?) {
        knowledge.withLock { known in
            let outcome = reply?.outcome ?? .unknown("")
            known.release(action, outcome)
            switch outcome {
            case .done(let observation):
                known.exists = true
                if let observation { known.update(observation) }
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
        pendingAdditions += 1
        return .add(Article(id), quantity: UInt32.random(in: 1...5, using: &random))
    }

    fileprivate mutating func reserveLine(_ random: inout SplitMix64) -> UInt32? {
        guard !lines.isEmpty else { return nil }
        // A random line, or the next one that is free.
        let start = Int.random(in: 0..<lines.count, using: &random)
        for allowsUncertain in [false, true] {
            for offset in 0..<lines.count {
                let line = lines[(start + offset) % lines.count].id
                if reserved.contains(line) || (!allowsUncertain && uncertain.contains(line)) { continue }
                reserved.insert(line)
                return line
            }
        }
        return nil
    }

    /// Quantities cycle through the range of a line, above those that additions use.
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
            pendingAdditions = max(0, pendingAdditions - 1)
        case .setQuantity(let line, _), .remove(let line):
            reserved.remove(line)
            if isUnknown { uncertain.insert(line) }
        }
    }

    fileprivate mutating func update(_ observation: CartObservation) {
        guard observation.version > version else { return }
        version = observation.version
        lines = observation.lines
        if !uncertain.isEmpty { uncertain.formIntersection(lines.map(\.id)) }
    }
}
