// What a cart that is not open says to a change.
extension CartDecider {
    /// A cart that is an order.
    func evaluate(_ pending: PendingChange, on order: CartOrder, _ merges: MergeLog) throws(CartRejection)
        -> TentativeDecision
    {
        switch pending.change {
        case .checkOut where pending.expected == order.version:
            return .settled
        case .cancelCheckout:
            return TentativeDecision(.checkoutCancelled, .checkoutCancelled(at: pending.at))
        case .delete:
            return TentativeDecision(.deleted, .deleted(at: pending.at))
        case .declineMerge(let offer):
            return try decline(offer, pending.at, merges)
        case .takeOver(let offer, _, _, _) where merges.status(of: offer) == .taken:
            return .settled
        case .create, .addLine, .setQuantity, .removeLine, .clear, .setDetails, .setPrice, .takeOut, .actions,
            .checkOut, .handOver, .takeOver, .finishHandOver, .undoHandOver:
            throw .cartCheckedOut(order: order.id)
        }
    }

    /// A cart whose lines are another's to take.
    func evaluate(
        _ pending: PendingChange,
        on handover: Handover,
        _ merges: MergeLog
    ) throws(CartRejection) -> TentativeDecision {
        switch pending.change {
        case .handOver(let mergeRequest, _) where mergeRequest.digest == handover.digest:
            return .settled
        case .finishHandOver(let offer) where handover.makes(offer):
            return TentativeDecision(.handOverFinished, .handOverFinished(at: pending.at))
        case .undoHandOver(let offer) where handover.makes(offer):
            return TentativeDecision(.handOverUndone, .handOverUndone(at: pending.at))
        case .declineMerge(let offer):
            return try decline(offer, pending.at, merges)
        case .takeOver(let offer, _, _, _) where merges.status(of: offer) == .taken:
            return .settled
        case .create, .addLine, .setQuantity, .removeLine, .clear, .delete, .setDetails, .setPrice, .takeOut,
            .actions, .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver, .undoHandOver:
            throw .cartMerged(into: handover.target, merge: handover.merge)
        }
    }

    /// A cart whose lines another has.
    func evaluate(_ pending: PendingChange, on merged: MergedCart) throws(CartRejection) -> TentativeDecision
    {
        switch pending.change {
        case .handOver(let mergeRequest, _) where mergeRequest.digest == merged.handover.digest:
            return .settled
        case .finishHandOver(let offer) where merged.handover.makes(offer):
            return .settled
        case .delete:
            return TentativeDecision(.deleted, .deleted(at: pending.at))
        case .declineMerge(let offer):
            return try decline(offer, pending.at, merged.merges)
        case .takeOver(let offer, _, _, _) where merged.merges.status(of: offer) == .taken:
            return .settled
        case .create, .addLine, .setQuantity, .removeLine, .clear, .setDetails, .setPrice, .takeOut, .actions,
            .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver, .undoHandOver:
            throw .cartMerged(into: merged.handover.target, merge: merged.handover.merge)
        }
    }

    /// A cart that was deleted.
    func evaluate(
        _ pending: PendingChange,
        deletedAt at: Timestamp,
        _ merges: MergeLog
    ) throws(CartRejection) -> TentativeDecision {
        switch pending.change {
        case .create(let currency, let seconds):
            return create(currency, seconds, pending.at)
        case .delete:
            return .settled
        case .declineMerge(let offer):
            return try decline(offer, pending.at, merges)
        case .takeOver(let offer, _, _, _) where merges.status(of: offer) == .taken:
            return .settled
        case .addLine, .setQuantity, .removeLine, .clear, .setDetails, .setPrice, .takeOut, .actions,
            .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver, .undoHandOver:
            throw .cartDeleted(at: at)
        }
    }
}

extension Handover {
    /// Whether the offer is the one that this closing makes.
    fileprivate func makes(_ offer: MergeOffer) -> Bool {
        digest == offer.digest && attempt == offer.attempt
    }
}
