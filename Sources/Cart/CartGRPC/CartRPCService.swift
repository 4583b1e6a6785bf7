import ActorRuntime
import Cart
import CartProtobuf
import CartService
import GRPCCore
import SwiftProtobuf

/// Our own carts over gRPC (`cart.v1.CartService`): what `/v1` is over HTTP, with the same carts and keys.
struct CartRPCService<Dispatcher: CartDispatcher>: RegistrableRPCService {
    static var name: String { "cart.v1.CartService" }

    let dispatcher: Dispatcher
    let policy: CartAPIPolicy
    let dependencies: CartAPIDependencies

    func registerMethods<Transport>(with router: inout RPCRouter<Transport>) {
        router.serve("Get", of: Self.name, atMost: policy.bodyBytes) {
            (request: ServedGetRequest, metadata) throws(RPCError) in
            try await answer(metadata) { call throws(Refusal) in try await show(request, call) }
        }
        serve("Create", &router, creation)
        serve("AddLine", &router, addition)
        serve("SetQuantity", &router, alteration)
        serve("RemoveLine", &router, removal)
        serve("Clear", &router) { (request: ServedClearRequest, call) throws(Refusal) in
            try ChangeRequest(request.cartID, .clear, request.terms, call)
        }
        serve("Delete", &router) { (request: ServedDeleteRequest, call) throws(Refusal) in
            try ChangeRequest(request.cartID, .delete, request.terms, call)
        }
        serve("SetDetails", &router, detailsChange)
        serve("SetPrice", &router, pricing)
        serve("TakeOut", &router, takingOut)
        serve("Act", &router, batch)
        serve("Checkout", &router, checkout)
        serve("CancelCheckout", &router) { (request: ServedCancelCheckoutRequest, call) throws(Refusal) in
            try ChangeRequest(request.cartID, .cancelCheckout, request.terms, call)
        }
        router.serve("GetOrder", of: Self.name, atMost: policy.bodyBytes) {
            (request: ServedGetOrderRequest, metadata) throws(RPCError) in
            try await answer(metadata) { call throws(Refusal) in try await showOrder(request, call) }
        }
        router.serve("Merge", of: Self.name, atMost: policy.bodyBytes) {
            (request: ServedMergeRequest, metadata) throws(RPCError) in
            try await answer(metadata) { call throws(Refusal) in try await merge(request, call) }
        }
        registerWatch(with: &router)
    }

    /// Serves a change, which is all but the reading of its request the same each time.
    private func serve<Request: Message, Transport>(
        _ method: String,
        _ router: inout RPCRouter<Transport>,
        _ read: @escaping @Sendable (Request, RPCCall) throws(Refusal) -> ChangeRequest
    ) {
        router.serve(method, of: Self.name, atMost: policy.bodyBytes) {
            (request: Request, metadata) throws(RPCError) in
            try await answer(metadata) { call throws(Refusal) in
                try await change(read(request, call), call)
            }
        }
    }

    private func answer<Output>(
        _ metadata: Metadata,
        _ body: (RPCCall) async throws(Refusal) -> Output
    ) async throws(RPCError) -> Output {
        do throws(Refusal) {
            return try await body(
                RPCCall(metadata, now: dependencies.instant(), atMost: policy.requestDeadline)
            )
        } catch {
            throw RPCError(error, Self.name(of:))
        }
    }

    private func show(_ request: ServedGetRequest, _ call: RPCCall) async throws(Refusal) -> ServedGetResponse
    {
        let id = try ChangeRequest.cart(request.cartID)
        let accepted = try await ask(id, .read, call)
        guard let cart = ServedCart(id, accepted.record.cart, version: accepted.sequence) else {
            throw .contradiction("a cart was shown that is not there")
        }
        return .with { ($0.cart, $0.node) = (cart, accepted.node) }
    }

    private func showOrder(_ request: ServedGetOrderRequest, _ call: RPCCall) async throws(Refusal)
        -> ServedGetOrderResponse
    {
        let id = try ChangeRequest.cart(request.cartID)
        let accepted = try await ask(id, .read, call)
        guard case .checkedOut(let cart, let order) = accepted.record.cart else {
            throw Refusal(.orderNotFound, "the cart has not been checked out, or not any more")
        }
        return .with { ($0.order, $0.node) = (ServedOrder(id, cart, order), accepted.node) }
    }

    private func change(_ changeRequest: ChangeRequest, _ call: RPCCall) async throws(Refusal)
        -> ServedChangeResponse
    {
        if changeRequest.change.needsTrust {
            guard let trusted = policy.trusted, trusted.isShown(in: call.authorization) else {
                throw Refusal(
                    .forbidden,
                    "authorization: prices are set by callers with the shop's token alone"
                )
            }
        }
        let command = CartCommand.change(
            changeRequest.change,
            at: dependencies.now(),
            expected: changeRequest.expected,
            operation: changeRequest.operation
        )
        do {
            try command.validate(policy.limits)
        } catch {
            throw Refusal(error)
        }
        return ServedChangeResponse(changeRequest.cart, try await ask(changeRequest.cart, command, call))
    }

    private func ask(_ id: CartID, _ command: CartCommand, _ call: RPCCall) async throws(Refusal)
        -> AcceptedCommand
    {
        let answer: Answer<CartLogic>
        do {
            answer = try await dispatcher.ask(
                ActorID(id.text),
                command,
                deadline: call.deadline,
                trace: call.trace
            )
        } catch {
            throw Refusal(error)
        }
        switch answer.verdict {
        case .rejected(let rejection): throw Refusal(rejection)
        case .accepted(let reply, let record): return AcceptedCommand(reply, record, answer)
        }
    }

    static func name(of field: CartRejection.Field) -> String {
        switch field {
        case .cartID: "cart_id"
        case .lineID: "line_id"
        case .currency: "currency"
        case .sku: "sku"
        case .name: "name"
        case .quantity: "quantity"
        case .unitPrice: "unit_price.minor_units"
        case .attributes, .attributeKey: "attributes"
        case .attributeValue(let key): "attributes[\(key)]"
        case .note: "note"
        case .customer: "customer_id"
        case .email: "email"
        case .discountCodes: "discount_codes"
        case .discountCode(let index): "discount_codes.codes[\(index)]"
        case .expiresIn: "expires_in_seconds"
        case .actions: "actions"
        case .takenLines: "lines"
        case .takenQuantity(let index): "lines[\(index)].quantity"
        case .version: "version"
        case .mergeSource: "from"
        case .mergeID: "merge_id"
        }
    }
}
