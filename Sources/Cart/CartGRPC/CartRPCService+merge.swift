import Cart
import CartProtobuf
import CartService

extension CartRPCService {
    /// Has a cart take the lines of another, once.
    func merge(_ request: ServedMergeRequest, _ call: RPCCall) async throws(Refusal) -> ServedChangeResponse {
        let target = try ChangeRequest.cart(request.cartID)
        let mergeRequest = MergeRequest(
            id: request.mergeID,
            source: try Self.source(request.from),
            target: target,
            strategy: try Self.strategy(request.strategy)
        )
        let merging = MergeCoordinator(
            mergeRequest,
            dispatcher: dispatcher,
            expected: request.terms.hasExpectedVersion ? request.terms.expectedVersion : nil,
            key: try ChangeRequest.key(request.terms, call),
            deadline: call.deadline,
            trace: call.trace,
            now: dependencies.now
        )
        do {
            return ServedChangeResponse(target, try await merging.run())
        } catch {
            throw Refusal(error)
        }
    }

    private static func source(_ text: String) throws(Refusal) -> CartID {
        do {
            return try CartID(text)
        } catch {
            guard case .invalid(_, let flaw) = error else { throw Refusal(error) }
            throw Refusal(.invalid(.mergeSource, flaw))
        }
    }

    private static func strategy(_ strategy: ServedMergeStrategy) throws(Refusal) -> MergeStrategy {
        switch strategy {
        case .unspecified, .add: return .add
        case .max: return .max
        case .mine: return .mine
        case .theirs: return .theirs
        case .UNRECOGNIZED: throw Refusal(.invalidField, "strategy: not one that this node knows")
        }
    }
}
