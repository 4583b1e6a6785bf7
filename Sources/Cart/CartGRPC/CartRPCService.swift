import Cart
import CartActor
import CartApplication
import CartProtobuf
import GRPCCore
import SwiftProtobuf

/// Our own API over gRPC (`cart.v1.CartService`): the counterpart of `/v1` over HTTP, with the same carts and
/// keys.
struct CartRPCService<Dispatcher: CartDispatcher>: RegistrableRPCService {
    static var name: String { "cart.v1.CartService" }

    let application: CartApplication<Dispatcher>

    func registerMethods<Transport>(with router: inout RPCRouter<Transport>) {
        router.serve("Get", of: Self.name, atMost: application.policy.bodyBytes) {
            (request: ServedGetRequest, metadata) throws(RPCError) in
            try await answer(metadata) { context throws(Refusal) in try await show(request, context) }
        }
        serve("Create", on: &router, creation)
        serve("AddLine", on: &router, addition)
        serve("SetQuantity", on: &router, alteration)
        serve("RemoveLine", on: &router, removal)
        serve("Clear", on: &router) { (request: ServedClearRequest, context) throws(Refusal) in
            try ChangeRequest(request.cartID, by: .clear, under: request.terms, context)
        }
        serve("Delete", on: &router) { (request: ServedDeleteRequest, context) throws(Refusal) in
            try ChangeRequest(request.cartID, by: .delete, under: request.terms, context)
        }
        serve("SetDetails", on: &router, detailsChange)
        serve("SetPrice", on: &router, pricing)
        serve("TakeOut", on: &router, takingOut)
        serve("Act", on: &router, batch)
        serve("Checkout", on: &router, checkout)
        serve("CancelCheckout", on: &router) {
            (request: ServedCancelCheckoutRequest, context) throws(Refusal) in
            try ChangeRequest(request.cartID, by: .cancelCheckout, under: request.terms, context)
        }
        router.serve("GetOrder", of: Self.name, atMost: application.policy.bodyBytes) {
            (request: ServedGetOrderRequest, metadata) throws(RPCError) in
            try await answer(metadata) { context throws(Refusal) in try await showOrder(request, context) }
        }
        router.serve("Merge", of: Self.name, atMost: application.policy.bodyBytes) {
            (request: ServedMergeRequest, metadata) throws(RPCError) in
            try await answer(metadata) { context throws(Refusal) in try await merge(request, context) }
        }
        registerWatch(with: &router)
    }

    /// Serves a change, which is all but the reading of its request the same each time.
    private func serve<Request: Message, Transport>(
        _ method: String,
        on router: inout RPCRouter<Transport>,
        _ read: @escaping @Sendable (Request, CallContext) throws(Refusal) -> ChangeRequest
    ) {
        router.serve(method, of: Self.name, atMost: application.policy.bodyBytes) {
            (request: Request, metadata) throws(RPCError) in
            try await answer(metadata) { context throws(Refusal) in
                let asked = try read(request, context)
                let accepted = try await application.change(
                    asked.cart,
                    by: asked.change,
                    asked.context,
                    hasGeneratedID: asked.hasGeneratedID
                )
                return ServedChangeResponse(asked.cart, accepted)
            }
        }
    }

    private func answer<Output>(
        _ metadata: Metadata,
        _ body: (CallContext) async throws(Refusal) -> Output
    ) async throws(RPCError) -> Output {
        do throws(Refusal) {
            return try await body(CallContext(metadata, deadline: application.deadline(asked:)))
        } catch {
            application.dependencies.outcomes.refused(error.kind)
            throw RPCError(error, names: .cartV1)
        }
    }

    private func show(_ request: ServedGetRequest, _ context: CallContext) async throws(Refusal)
        -> ServedGetResponse
    {
        let id = try CartID(request: request.cartID)
        let accepted = try await application.show(id, context)
        guard let cart = ServedCart(id, accepted.record.cart, version: accepted.sequence) else {
            throw .contradiction("a cart was shown that is not there")
        }
        return .with { ($0.cart, $0.node) = (cart, accepted.node) }
    }

    private func showOrder(_ request: ServedGetOrderRequest, _ context: CallContext) async throws(Refusal)
        -> ServedGetOrderResponse
    {
        let placed = try await application.order(of: CartID(request: request.cartID), context)
        return .with { ($0.order, $0.node) = (ServedOrder(placed), placed.node) }
    }
}
