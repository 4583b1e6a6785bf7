import SeededRandom

/// The clients' knowledge of one cart.
struct CartKnowledge: Sendable {
    /// Number of acknowledged operations that may be repeated.
    private static let repeatable = 8

    private(set) var exists = false
    private(set) var phase = CartObservation.Phase.open
    private(set) var openMerge: CartModel.OpenMerge?
    /// The latest acknowledged operations with a key.
    private(set) var acknowledged: [WorkloadOperation] = []
    private var version: UInt64 = 0
    private var lines: [CartObservation.Line] = []
    /// Lines that an operation in flight changes; no other operation should change them.
    private var reserved = Set<UInt32>()
    /// Lines with a change of unknown outcome; chosen only if there is no other.
    private var uncertain = Set<UInt32>()
    /// The reductions of each line since its quantity was set.
    private var reductions: [UInt32: Int] = [:]
    /// The number of additions in flight.
    private var pendingAdditions = 0
    /// The number of quantities and prices that were chosen.
    private var settings: UInt32 = 0

    /// The version at which the cart is believed to be; nil if it does not exist.
    var expectedVersion: UInt64? { version > 0 ? version : nil }

    // MARK: Choices

    mutating func change(
        _ id: OperationID,
        on cart: CartName,
        plan: WorkloadPlan,
        _ random: inout SplitMix64
    ) -> Action {
        guard exists else { return .create }
        if !lines.isEmpty, random.unit() < plan.quantities, let line = reserveLine(&random) {
            reductions[line] = 0
            return .setQuantity(line: line, nextQuantity(of: cart))
        }
        if lines.count + pendingAdditions >= plan.cartSize, let line = reserveLine(&random) {
            return .remove(line: line)
        }
        return addition(id, &random)
    }

    mutating func addition(_ id: OperationID, _ random: inout SplitMix64) -> Action {
        pendingAdditions += 1
        return .add(Article(id), quantity: Self.quantity(&random))
    }

    /// A change of a kind beside additions, removals and quantities. Most of a cart that is not open bring it
    /// back.
    mutating func otherChange(
        _ id: OperationID,
        on cart: CartName,
        plan: WorkloadPlan,
        _ random: inout SplitMix64
    ) -> CartModel.Choice {
        if random.unit() < plan.merges, phase == .open, cart.number > 0 {
            // Merges lead to lower numbers, so that no article comes back to a cart.
            let target = Int.random(in: 0..<cart.number, using: &random)
            let merge = CartModel.OpenMerge(id: id, target: cart.sibling(target))
            openMerge = merge
            return CartModel.Choice(action: .merge(from: cart, id: id), cart: merge.target)
        }
        var expected = expectedVersion
        let action: Action
        switch phase {
        case .ordered where random.unit() < 0.8: action = .cancelCheckout
        case .merged where random.unit() < 0.9: action = .delete
        case .deleted: action = .create
        case .open, .ordered, .merging, .merged: action = anyChange(id, on: cart, plan: plan, &random)
        }
        if case .checkOut = action { expected = nil }
        return CartModel.Choice(action: action, cart: cart, expected: expected)
    }

    private mutating func anyChange(
        _ id: OperationID,
        on cart: CartName,
        plan: WorkloadPlan,
        _ random: inout SplitMix64
    ) -> Action {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return .clear
        case 1: return .delete
        case 2: return .cancelCheckout
        case 3: return .refill(Article(id), quantity: Self.quantity(&random))
        case 4...5 where version > 0: return .checkOut(version: version)
        case 6...7: return .setNote(Article(id))
        case 8: return .setMark(Article(id))
        case 9: return .unsetDetails
        case 10...12 where plan.setsPrices:
            guard let line = reserveLine(&random) else { break }
            return .setPrice(line: line, nextPrice(of: cart))
        case 13...16:
            // Amounts of which no two add up to a third, from a line that keeps some.
            let (lines, reductions) = (lines, reductions)
            let line = reserveLine(&random) { line in
                reductions[line, default: 0] < 2 && lines.contains { $0.id == line && $0.quantity > 4 }
            }
            guard let line else { break }
            self.reductions[line, default: 0] += 1
            return .takeOut(line: line, reductions[line, default: 0] == 0 ? 1 : 3)
        default:
            guard let line = reserveLine(&random) else { break }
            return .replace(line: line, Article(id), quantity: Self.quantity(&random))
        }
        return .setNote(Article(id))
    }

    private mutating func reserveLine(
        _ random: inout SplitMix64,
        where isSuitable: (UInt32) -> Bool = { _ in true }
    ) -> UInt32? {
        guard !lines.isEmpty else { return nil }
        // A random line, or the next one that is free.
        let start = Int.random(in: 0..<lines.count, using: &random)
        for allowsUncertain in [false, true] {
            for offset in 0..<lines.count {
                let line = lines[(start + offset) % lines.count].id
                if reserved.contains(line) || (!allowsUncertain && uncertain.contains(line)) { continue }
                guard isSuitable(line) else { continue }
                reserved.insert(line)
                return line
            }
        }
        return nil
    }

    /// Quantities are multiples of eight: reductions by 1 and by 3 can be told apart, also where one was made
    /// twice.
    private static func quantity(_ random: inout SplitMix64) -> UInt32 {
        8 * UInt32.random(in: 1...5, using: &random)
    }

    /// Quantities cycle through the range of a line, above those that additions use. Carts use different
    /// ones, as merges take lines from one to another.
    private mutating func nextQuantity(of cart: CartName) -> UInt32 {
        settings += 1
        let own = UInt32(truncatingIfNeeded: cart.number) % 32
        return 8 * (6 + (settings &* 32 + own) % 1_216)
    }

    private mutating func nextPrice(of cart: CartName) -> UInt32 {
        settings += 1
        let own = UInt32(truncatingIfNeeded: cart.number) % 1_000
        return CartObservation.Line.addedPrice + settings % 1_000_000 * 1_000 + own
    }

    // MARK: Results

    mutating func conclude(_ operation: WorkloadOperation, _ reply: AttemptResult?) {
        let outcome = reply?.outcome ?? .unknown("")
        release(operation.action, outcome)
        switch outcome {
        case .done(let observation):
            exists = true
            if let observation { update(observation) }
            if operation.action == .delete, observation == nil { phase = .deleted }
            remember(operation)
        case .rejected(.cartMissing):
            exists = false
            version = 0
            lines = []
        case .rejected(.cartDeleted):
            (phase, lines) = (.deleted, [])
        case .rejected(.ordered):
            phase = .ordered(version: version)
        case .rejected(.merged(let pointer)):
            guard let pointer, let target = operation.cart.sibling(named: pointer.target) else { break }
            phase = .merging(pointer.id)
            openMerge = CartModel.OpenMerge(id: pointer.id, target: target)
        case .rejected, .notApplied, .unknown:
            break
        }
    }

    mutating func concludeMerge(_ id: OperationID, into target: CartName, _ reply: AttemptResult?) {
        guard openMerge == nil || openMerge?.id == id else { return }
        switch reply?.outcome ?? .unknown("") {
        case .done:
            openMerge = nil
            phase = .merged(id)
        case .rejected(.mergeUnsettled), .notApplied, .unknown:
            openMerge = CartModel.OpenMerge(id: id, target: target)
        case .rejected:
            // The source is open as before, or is not there.
            openMerge = nil
            if case .merging = phase { phase = .open }
        }
    }

    private mutating func remember(_ operation: WorkloadOperation) {
        guard operation.key != nil, operation.reused == nil else { return }
        if case .merge = operation.action { return }
        acknowledged.removeAll { $0.id == operation.id }
        acknowledged.append(operation)
        if acknowledged.count > Self.repeatable { acknowledged.removeFirst() }
    }

    private mutating func release(_ action: Action, _ outcome: AttemptResult.Outcome) {
        let isUnknown = if case .unknown = outcome { true } else { false }
        if case .add = action { pendingAdditions = max(0, pendingAdditions - 1) }
        guard let line = action.reservedLine else { return }
        reserved.remove(line)
        if isUnknown { uncertain.insert(line) }
    }

    private mutating func update(_ observation: CartObservation) {
        guard observation.version > version else { return }
        version = observation.version
        lines = observation.lines
        phase = observation.phase
        let ids = Set(lines.map(\.id))
        if !uncertain.isEmpty { uncertain.formIntersection(ids) }
        if !reductions.isEmpty { reductions = reductions.filter { ids.contains($0.key) } }
    }
}
