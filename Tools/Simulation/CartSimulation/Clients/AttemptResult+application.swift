internal import ActorRuntime
internal import Cart
internal import CartActor
internal import CartApplication
internal import CartWorkload

extension AttemptResult {
    /// The result of a request that was granted.
    init(_ accepted: AcceptedCommand, to operation: WorkloadOperation) {
        self.init(
            .done(CartObservation(accepted.record.cart, version: accepted.sequence)),
            owner: accepted.node
        )
        guard operation.key != nil else { return }
        isReplay = accepted.reply.replayed != nil
        committedAt = accepted.reply.replayed ?? accepted.sequence
    }

    /// The result of a request that was not granted.
    init(_ refusal: Refusal) {
        let text = "\(refusal.kind.rawValue): \(refusal.detail)"
        if let advice = refusal.retryAdvice {
            switch advice.outcome {
            case .unknown: self.init(.unknown(text))
            case .notApplied: self.init(.notApplied(text))
            }
            retryAfter = .seconds(advice.retryAfterSeconds)
        } else {
            self.init(
                refusal: refusal.kind.rawValue,
                text,
                merge: refusal.mergePointer,
                actual: refusal.version,
                concernsSource: refusal.field == .named(.mergeSource)
            )
        }
        owner = refusal.node
    }
}

extension Refusal {
    /// The merge that closed the cart, if that is the reason.
    fileprivate var mergePointer: AttemptResult.MergePointer? {
        guard case .text(let target)? = values[.into], case .text(let text)? = values[.mergeID],
            let id = OperationID(text)
        else { return nil }
        return AttemptResult.MergePointer(id, into: target)
    }
}

extension CartObservation {
    /// A cart as clients see it; nil if there is none.
    fileprivate init?(_ cart: CartState, version: UInt64) {
        let phase: Phase
        switch cart {
        case .none: return nil
        case .open: phase = .open
        case .checkedOut(_, let order): phase = .ordered(version: order.version)
        case .closing(_, let handover): phase = .merging(OperationID(handover.merge) ?? .none)
        case .merged(let merged): phase = .merged(OperationID(merged.handover.merge) ?? .none)
        case .deleted: phase = .deleted
        }
        self.init(
            version: version,
            phase: phase,
            note: cart.contents?.details.note.map { Article(sku: $0) },
            mark: Self.mark(of: [
                cart.contents?.details.customer,
                cart.contents?.details.attributes.entries.first { $0.key == Self.markAttribute }?.value,
                cart.contents?.details.discountCodes.first,
            ]),
            lines: (cart.contents?.lines ?? []).map {
                Line(
                    id: $0.id.number,
                    article: Article(sku: $0.sku),
                    quantity: UInt32(clamping: $0.quantity),
                    price: UInt32(clamping: $0.unitPrice)
                )
            }
        )
    }
}

extension OperationID {
    /// The id of no operation.
    fileprivate static let none = OperationID(rawValue: .max)
}
