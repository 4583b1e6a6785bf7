import Cart
import CartApplication
import CartProtobuf

extension CartRPCService {
    /// Has a cart take the lines of another, once.
    func merge(_ request: ServedMergeRequest, _ context: CallContext) async throws(Refusal)
        -> ServedChangeResponse
    {
        let target = try CartID(request: request.cartID)
        let mergeRequest = MergeRequest(
            id: request.mergeID,
            source: try Self.source(request.from),
            target: target,
            strategy: try Self.strategy(request.strategy)
        )
        let accepted = try await application.merge(mergeRequest, context.under(request.terms))
        return ServedChangeResponse(target, accepted)
    }

    private static func source(_ text: String) throws(Refusal) -> CartID {
        do throws(CartRejection) {
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
        case .UNRECOGNIZED: throw Refusal(.invalidValue("strategy", expected: "one that this node knows"))
        }
    }
}
