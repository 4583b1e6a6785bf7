// Decisions on a cart that is not open.
extension CartDecider {
    /// Decides on a cart that is an order.
    func evaluate(
        _ pending: PendingChange,
        on order: CartOrder,
        merges: MergeLog
    ) throws(CartRejection) -> TentativeDecision {
        switch pending.change {
        case .checkOut where pending.expected == order.version:
            return .settled
        case .cancelCheckout:
            return TentativeDecision(.checkoutCancelled, .checkoutCancelled(at: pending.at))
        case .delete:
            return TentativeDecision(.deleted, .deleted(at: pending.at))
        case .declineMerge(let offer):
            return try decline(offer, at: pending.at, merges: merges)
        case .takeOver(let offer, _, _, _) where merges.status(of: offer) == .taken:
            return .settled
        case .create, .addLine, .setQuantity, .removeLine, .clear, .setDetails, .setPrice, .takeOut,
            .setCurrency, .actions,
            .checkOut, .handOver, .takeOver, .finishHandOver, .undoHandOver:
            throw .cartCheckedOut(order: order.id)
        }
    }

    /// Decides on a cart that is closed for a merge.
    func evaluate(
        _ pending: PendingChange,
        on handover: Handover,
        merges: MergeLog
    ) throws(CartRejection) -> TentativeDecision {
        switch pending.change {
        case .handOver(let mergeRequest, _) where mergeRequest.digest == handover.digest:
            return .settled
        case .finishHandOver(let offer) where handover.makes(offer):
            return TentativeDecision(.handOverFinished, .handOverFinished(at: pending.at))
        case .undoHandOver(let offer) where handover.makes(offer):
            return TentativeDecision(.handOverUndone, .handOverUndone(at: pending.at))
        case .declineMerge(let offer):
            return try decline(offer, at: pending.at, merges: merges)
        case .takeOver(let offer, _, _, _) where merges.status(of: offer) == .taken:
            return .settled
        case .create, .addLine, .setQuantity, .removeLine, .clear, .delete, .setDetails, .setPrice, .takeOut,
            .setCurrency, .actions, .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver,
            .undoHandOver:
            throw .cartMerged(into: handover.target, merge: handover.merge)
        }
    }

    /// Decides on a cart whose lines another cart took.
    func evaluate(
        _ pending: PendingChange,
        on merged: MergedCart
    ) throws(CartRejection) -> TentativeDecision {
        switch pending.change {
        case .handOver(let mergeRequest, _) where mergeRequest.digest == merged.handover.digest:
            return .settled
        case .finishHandOver(let offer) where merged.handover.makes(offer):
            return .settled
        case .delete:
            return TentativeDecision(.deleted, .deleted(at: pending.at))
        case .declineMerge(let offer):
            return try decline(offer, at: pending.at, merges: merged.merges)
        case .takeOver(let offer, _, _, _) where merged.merges.status(of: offer) == .taken:
            return .settled
        case .create, .addLine, .setQuantity, .removeLine, .clear, .setDetails, .setPrice, .takeOut,
            .setCurrency, .actions,
            .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver, .undoHandOver:
            throw .cartMerged(into: merged.handover.target, merge: merged.handover.merge)
        }
    }

    /// Decides on a deleted cart.
    func evaluate(
        _ pending: PendingChange,
        deletedAt at: Timestamp,
        merges: MergeLog
    ) throws(CartRejection) -> TentativeDecision {
        switch pending.change {
        case .create(let currency, let seconds):
            return create(currency, expiresIn: seconds, at: pending.at)
        case .delete:
            return .settled
        case .declineMerge(let offer):
            return try decline(offer, at: pending.at, merges: merges)
        case .takeOver(let offer, _, _, _) where merges.status(of: offer) == .taken:
            return .settled
        case .addLine, .setQuantity, .removeLine, .clear, .setDetails, .setPrice, .takeOut, .setCurrency,
            .actions,
            .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver, .undoHandOver:
            throw .cartDeleted(at: at)
        }
    }
}

extension Handover {
    /// True if the offer is the one that this closing makes.
    fileprivate func makes(_ offer: MergeOffer) -> Bool {
        digest == offer.digest && attempt == offer.attempt
    }
}
