import Cart
import Hummingbird

extension CartRoutes {
    /// Has the request's cart take the lines of another, once.
    func merge(_ cartRequest: CartRequest, _ mergeRequest: MergeRequest) async throws(Problem) -> Response {
        let merging = MergeCoordinator(
            mergeRequest,
            dispatcher: dispatcher,
            ifMatch: cartRequest.ifMatch,
            key: cartRequest.key,
            deadline: cartRequest.deadline,
            trace: cartRequest.trace,
            now: dependencies.now
        )
        let accepted: AcceptedCommand
        do {
            accepted = try await merging.run()
        } catch {
            throw Problem(error, ifMatch: cartRequest.ifMatch)
        }
        return try reply(to: cartRequest, accepted)
    }
}
