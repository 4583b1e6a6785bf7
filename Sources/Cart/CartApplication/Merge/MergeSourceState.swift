import ActorRuntime
import Cart
import CartActor

/// The state of a merge's source with respect to the merge.
enum MergeSourceState {
    /// It can be closed.
    case open(OpenCart)
    /// It is closed for this very merge.
    case closing(OpenCart, Handover)
    /// Its lines were taken by this very merge.
    case merged(Handover)
    /// It cannot be merged.
    case refuses(CartRejection)

    init(_ verdict: Answer<CartLogic>.Verdict, _ mergeRequest: MergeRequest) {
        switch verdict {
        case .rejected(let rejection): self = .refuses(rejection)
        case .accepted(_, let record):
            switch record.cart {
            case .open(let cart): self = .open(cart)
            case .closing(let cart, let handover) where handover.digest == mergeRequest.digest:
                self = .closing(cart, handover)
            case .merged(let cart) where cart.handover.digest == mergeRequest.digest:
                self = .merged(cart.handover)
            case .closing(_, let handover):
                self = .refuses(.cartMerged(into: handover.target, merge: handover.merge))
            case .merged(let cart):
                self = .refuses(.cartMerged(into: cart.handover.target, merge: cart.handover.merge))
            case .checkedOut(_, let order): self = .refuses(.cartCheckedOut(order: order.id))
            case .deleted(let at, _, _, _): self = .refuses(.cartDeleted(at: at))
            case .none: self = .refuses(.cartNotFound)
            }
        }
    }

    /// The target's step. For a source that is not closed yet, under an attempt that nobody can have made.
    func change(_ mergeRequest: MergeRequest) -> CartCommand.Change {
        let future = MergeOffer(digest: mergeRequest.digest, attempt: .max, basis: .max)
        return switch self {
        case .open(let cart):
            .takeOver(future, mergeRequest.strategy, lines: cart.lines, currency: cart.currency)
        case .closing(let cart, let handover):
            .takeOver(MergeOffer(handover), mergeRequest.strategy, lines: cart.lines, currency: cart.currency)
        case .merged(let handover):
            .takeOver(MergeOffer(handover), mergeRequest.strategy, lines: [], currency: nil)
        case .refuses:
            .takeOver(future, mergeRequest.strategy, lines: [], currency: nil)
        }
    }
}
