import ActorRuntime
import Cart
import CartProtobuf

extension StoredLog {
    /// The log as it is stored.
    init(_ operations: OperationLog) {
        self.init()
        kept = operations.kept.map(StoredOperation.init)
        retired = operations.retired
        forgotten = operations.forgotten
    }

    /// The log that was stored; nil if it is empty.
    func operations() throws(CodecFailure) -> OperationLog? {
        var applied: [AppliedOperation] = []
        applied.reserveCapacity(kept.count)
        for operation in kept { applied.append(try operation.applied()) }
        return OperationLog(kept: applied, retired: retired, forgotten: forgotten)
    }
}

extension StoredOperation {
    /// The operation as it is stored.
    init(_ applied: AppliedOperation) {
        self.init()
        (keyHigh, keyLow) = applied.operation.key.halves
        (requestHigh, requestLow) = applied.operation.request.halves
        version = applied.version
        (effect, line) = StoredEffect.parts(applied.effect)
        actions = StoredActionEffect.list(applied.effect)
    }

    /// The operation that was stored.
    func applied() throws(CodecFailure) -> AppliedOperation {
        let operation = CartOperation(
            key: UInt128(halves: keyHigh, keyLow),
            request: UInt128(halves: requestHigh, requestLow)
        )
        return AppliedOperation(operation, effect: try effect.domain(line, actions), version: version)
    }
}

extension StoredEffect {
    /// The effect, and the number of the line that it is about or 0.
    static func parts(_ effect: CartOutcome.Effect) -> (StoredEffect, UInt32) {
        switch effect {
        case .read: (.read, 0)
        case .created: (.created, 0)
        case .existed: (.existed, 0)
        case .lineAdded(let id): (.lineAdded, id.number)
        case .lineIncreased(let id): (.lineIncreased, id.number)
        case .quantityChanged(let id): (.quantityChanged, id.number)
        case .lineRemoved(let id): (.lineRemoved, id.number)
        case .cleared: (.cleared, 0)
        case .deleted: (.deleted, 0)
        case .unchanged: (.unchanged, 0)
        case .detailsChanged: (.detailsChanged, 0)
        case .priceChanged(let id): (.priceChanged, id.number)
        case .takenOut: (.takenOut, 0)
        case .currencyChanged: (.currencyChanged, 0)
        case .actions: (.actions, 0)
        case .checkedOut: (.checkedOut, 0)
        case .checkoutCancelled: (.checkoutCancelled, 0)
        case .merged: (.merged, 0)
        case .mergeDeclined: (.mergeDeclined, 0)
        case .handedOver: (.handedOver, 0)
        case .handOverFinished: (.handOverFinished, 0)
        case .handOverUndone: (.handOverUndone, 0)
        }
    }

    /// The effect on this line, if it is about one, or of these actions, if it is that of a batch.
    func domain(_ line: UInt32, _ actions: [StoredActionEffect]) throws(CodecFailure) -> CartOutcome.Effect {
        guard self == .actions else { return try domain(line) }
        var effects: [CartOutcome.Effect] = []
        effects.reserveCapacity(actions.count)
        for action in actions { effects.append(try action.effect.domain(action.line)) }
        return .actions(ActionEffects(effects))
    }

    private func domain(_ line: UInt32) throws(CodecFailure) -> CartOutcome.Effect {
        switch self {
        case .read: .read
        case .created: .created
        case .existed: .existed
        case .lineAdded: .lineAdded(LineID(line))
        case .lineIncreased: .lineIncreased(LineID(line))
        case .quantityChanged: .quantityChanged(LineID(line))
        case .lineRemoved: .lineRemoved(LineID(line))
        case .cleared: .cleared
        case .deleted: .deleted
        case .unchanged: .unchanged
        case .detailsChanged: .detailsChanged
        case .priceChanged: .priceChanged(LineID(line))
        case .takenOut: .takenOut
        case .currencyChanged: .currencyChanged
        case .checkedOut: .checkedOut
        case .checkoutCancelled: .checkoutCancelled
        case .merged: .merged
        case .mergeDeclined: .mergeDeclined
        case .handedOver: .handedOver
        case .handOverFinished: .handOverFinished
        case .handOverUndone: .handOverUndone
        case .actions: throw CodecFailure("a batch within a batch")
        case .unspecified, .UNRECOGNIZED:
            throw CodecFailure("an effect that this build does not know: \(rawValue)")
        }
    }
}

extension StoredActionEffect {
    /// The effects of a batch's actions; none for any other effect.
    static func list(_ effect: CartOutcome.Effect) -> [StoredActionEffect] {
        guard case .actions(let actions) = effect else { return [] }
        return actions.effects.map { effect in
            var message = StoredActionEffect()
            (message.effect, message.line) = StoredEffect.parts(effect)
            return message
        }
    }
}

extension CartOutcome.Effect {
    /// The first schema that has the effect, so that builds before it do not rewrite what they do not know.
    var schemaVersion: UInt32 {
        switch self {
        case .read, .created, .existed, .lineAdded, .lineIncreased, .quantityChanged, .lineRemoved, .cleared,
            .deleted, .unchanged:
            1
        case .detailsChanged, .priceChanged, .takenOut, .checkedOut, .checkoutCancelled, .merged,
            .mergeDeclined, .handedOver, .handOverFinished, .handOverUndone:
            2
        case .currencyChanged: 3
        case .actions(let actions): actions.effects.reduce(2) { max($0, $1.schemaVersion) }
        }
    }
}

extension UInt128 {
    /// The number of two halves.
    init(halves high: UInt64, _ low: UInt64) {
        self = UInt128(high) << 64 | UInt128(low)
    }

    /// Its high and its low half.
    var halves: (UInt64, UInt64) {
        (UInt64(truncatingIfNeeded: self >> 64), UInt64(truncatingIfNeeded: self))
    }
}
