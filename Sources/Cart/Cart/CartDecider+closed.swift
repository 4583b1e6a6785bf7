// What a cart that is not open says to a change.
extension CartDecider {
    /// A cart that is an order.
    func judge(_ demand: Demand, on order: CartOrder, _ merges: MergeLog) throws(CartRejection) -> Verdict {
        switch demand.change {
        case .checkOut where demand.expected == order.version:
            return .settled
        case .cancelCheckout:
            return Verdict(.checkoutCancelled, .checkoutCancelled(at: demand.at))
        case .delete:
            return Verdict(.deleted, .deleted(at: demand.at))
        case .declineMerge(let offer):
            return try decline(offer, demand.at, merges)
        case .takeOver(let offer, _, _, _) where merges.fate(of: offer) == .taken:
            return .settled
        case .create, .addLine, .setQuantity, .removeLine, .clear, .setDetails, .setPrice, .takeOut, .actions,
            .checkOut, .handOver, .takeOver, .finishHandOver, .undoHandOver:
            throw .cartCheckedOut(order: order.id)
        }
    }

    /// A cart whose lines are another's to take.
    func judge(
        _ demand: Demand,
        on handover: Handover,
        _ merges: MergeLog
    ) throws(CartRejection) -> Verdict {
        switch demand.change {
        case .handOver(let wish, _) where wish.digest == handover.digest:
            return .settled
        case .finishHandOver(let offer) where handover.makes(offer):
            return Verdict(.handOverFinished, .handOverFinished(at: demand.at))
        case .undoHandOver(let offer) where handover.makes(offer):
            return Verdict(.handOverUndone, .handOverUndone(at: demand.at))
        case .declineMerge(let offer):
            return try decline(offer, demand.at, merges)
        case .takeOver(let offer, _, _, _) where merges.fate(of: offer) == .taken:
            return .settled
        case .create, .addLine, .setQuantity, .removeLine, .clear, .delete, .setDetails, .setPrice, .takeOut,
            .actions, .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver, .undoHandOver:
            throw .cartMerged(into: handover.target, merge: handover.merge)
        }
    }

    /// A cart whose lines another has.
    func judge(_ demand: Demand, on merged: MergedCart) throws(CartRejection) -> Verdict {
        switch demand.change {
        case .handOver(let wish, _) where wish.digest == merged.handover.digest:
            return .settled
        case .finishHandOver(let offer) where merged.handover.makes(offer):
            return .settled
        case .delete:
            return Verdict(.deleted, .deleted(at: demand.at))
        case .declineMerge(let offer):
            return try decline(offer, demand.at, merged.merges)
        case .takeOver(let offer, _, _, _) where merged.merges.fate(of: offer) == .taken:
            return .settled
        case .create, .addLine, .setQuantity, .removeLine, .clear, .setDetails, .setPrice, .takeOut, .actions,
            .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver, .undoHandOver:
            throw .cartMerged(into: merged.handover.target, merge: merged.handover.merge)
        }
    }

    /// A cart that was deleted.
    func judge(
        _ demand: Demand,
        deletedAt at: Timestamp,
        _ merges: MergeLog
    ) throws(CartRejection) -> Verdict {
        switch demand.change {
        case .create(let currency, let seconds):
            return create(currency, seconds, demand.at)
        case .delete:
            return .settled
        case .declineMerge(let offer):
            return try decline(offer, demand.at, merges)
        case .takeOver(let offer, _, _, _) where merges.fate(of: offer) == .taken:
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
