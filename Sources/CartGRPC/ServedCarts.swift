import Cart
import CartService
import CartWire
import GRPCCore
import Hosting
import SwiftProtobuf

/// Our own carts over gRPC (`cart.v1.CartService`): what `/v1` is over HTTP, with the same carts and keys.
struct ServedCarts<Asker: CartAsking>: RegistrableRPCService {
    static var name: String { "cart.v1.CartService" }

    let asker: Asker
    let policy: CartFacePolicy
    let sources: CartFaceSources

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
            try Errand(request.cartID, .clear, request.terms, call)
        }
        serve("Delete", &router) { (request: ServedDeleteRequest, call) throws(Refusal) in
            try Errand(request.cartID, .delete, request.terms, call)
        }
    }

    /// Serves a change, which is all but the reading of its request the same each time.
    private func serve<Request: Message, Transport>(
        _ method: String,
        _ router: inout RPCRouter<Transport>,
        _ read: @escaping @Sendable (Request, RPCCall) throws(Refusal) -> Errand
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
                RPCCall(metadata, now: sources.instant(), atMost: policy.requestDeadline)
            )
        } catch {
            throw RPCError(error, Self.name(of:))
        }
    }

    private func show(_ request: ServedGetRequest, _ call: RPCCall) async throws(Refusal) -> ServedGetResponse
    {
        let id = try Errand.cart(request.cartID)
        let answer = try await ask(id, .read, call)
        switch answer.verdict {
        case .rejected(let rejection):
            throw Refusal(rejection)
        case .accepted(_, let record):
            guard let cart = record.cart.cart else {
                throw .contradiction("a cart was shown that is not there")
            }
            return .with {
                $0.cart = ServedCart(id, cart, version: answer.sequence)
                $0.node = answer.node
            }
        }
    }

    private func change(_ errand: Errand, _ call: RPCCall) async throws(Refusal) -> ServedChangeResponse {
        let now = sources.now()
        do {
            try CartCommand.change(errand.change, at: now).validate(policy.limits)
        } catch {
            throw Refusal(error)
        }
        let command = CartCommand.change(
            errand.change,
            at: now,
            expected: errand.expected,
            operation: errand.operation
        )
        let answer = try await ask(errand.cart, command, call)
        switch answer.verdict {
        case .rejected(let rejection): throw Refusal(rejection)
        case .accepted(let reply, let record):
            return ServedChangeResponse(errand.cart, reply, record, answer)
        }
    }

    private func ask(_ id: CartID, _ command: CartCommand, _ call: RPCCall) async throws(Refusal)
        -> Answer<CartLogic>
    {
        do {
            return try await asker.ask(
                ActorID(id.text),
                command,
                deadline: call.deadline,
                trace: call.trace
            )
        } catch {
            throw Refusal(error)
        }
    }

    private static func name(of field: CartRejection.Field) -> String {
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
        // No call of this protocol has them.
        case .note, .customer, .email, .discountCodes, .discountCode, .expiresIn, .actions, .takenLines,
            .takenQuantity, .version, .mergeSource, .mergeID:
            "request"
        }
    }
}
