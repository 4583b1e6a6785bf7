import Cart
import CartProtobuf
import CartService
import GRPCCore
import SwiftProtobuf

/// The cart service of a public demo shop, for that shop's own front ends, checkouts and load generators.
struct DemoShopService<Dispatcher: CartDispatcher>: RegistrableRPCService {
    /// The shops whose carts are the same but for their names.
    enum Shop: Sendable, CaseIterable {
        case boutique
        case oTel

        /// The service's full name.
        var service: String {
            switch self {
            case .boutique: "hipstershop.CartService"
            case .oTel: "oteldemo.CartService"
            }
        }

        /// Whose users the carts are.
        var space: CartNamespace {
            switch self {
            case .boutique: .hipstershop
            case .oTel: .oteldemo
            }
        }
    }

    private let shop: Shop
    private let carts: DemoShopCarts<Dispatcher>
    private let policy: CartAPIPolicy
    private let dependencies: CartAPIDependencies

    init(_ shop: Shop, dispatcher: Dispatcher, policy: CartAPIPolicy, dependencies: CartAPIDependencies) {
        self.shop = shop
        self.policy = policy
        self.dependencies = dependencies
        carts = DemoShopCarts(
            shop.space,
            dispatcher: dispatcher,
            limits: policy.limits,
            now: dependencies.now
        )
    }

    func registerMethods<Transport>(with router: inout RPCRouter<Transport>) {
        let service = shop.service
        router.serve("AddItem", of: service, atMost: policy.bodyBytes) { request, metadata throws(RPCError) in
            try await answer(metadata) { call throws(Refusal) in try await add(request, call) }
        }
        router.serve("GetCart", of: service, atMost: policy.bodyBytes) { request, metadata throws(RPCError) in
            try await answer(metadata) { call throws(Refusal) in try await show(request, call) }
        }
        router.serve("EmptyCart", of: service, atMost: policy.bodyBytes) {
            request,
            metadata throws(RPCError) in
            try await answer(metadata) { call throws(Refusal) in try await empty(request, call) }
        }
    }

    func add(_ request: BoutiqueAddItemRequest, _ call: DemoShopCall) async throws(Refusal) -> BoutiqueEmpty {
        // In the order in which the fields stand.
        _ = try shop.space.cart(of: request.userID)
        guard request.hasItem else { throw Refusal(.missingField, "item: must be given") }
        let item = DemoShopItem(product: request.item.productID, quantity: Int64(request.item.quantity))
        try await carts.add(item, for: request.userID, call)
        return BoutiqueEmpty()
    }

    func show(_ request: BoutiqueGetCartRequest, _ call: DemoShopCall) async throws(Refusal) -> BoutiqueCart {
        let items = try await carts.items(of: request.userID, call)
        return BoutiqueCart.with { cart in
            guard !items.isEmpty else { return }
            cart.userID = request.userID
            cart.items = items.map { item in
                .with {
                    $0.productID = item.product
                    $0.quantity = Int32(clamping: item.quantity)
                }
            }
        }
    }

    func empty(_ request: BoutiqueEmptyCartRequest, _ call: DemoShopCall) async throws(Refusal)
        -> BoutiqueEmpty
    {
        try await carts.empty(request.userID, call)
        return BoutiqueEmpty()
    }

    private func answer<Output>(
        _ metadata: Metadata,
        _ body: (DemoShopCall) async throws(Refusal) -> Output
    ) async throws(RPCError) -> Output {
        do throws(Refusal) {
            let call = try RPCCall(metadata, now: dependencies.instant(), atMost: policy.requestDeadline)
            return try await body(DemoShopCall(deadline: call.deadline, trace: call.trace, key: call.key))
        } catch {
            throw Self.error(error)
        }
    }

    /// Trouble with the store begins as the shops' own does, and is a failed precondition where no retry cures it.
    static func error(_ refusal: Refusal) -> RPCError {
        var error = RPCError(refusal, name)
        switch refusal.kind {
        case .unreadable:
            error.code = .failedPrecondition
            error.message = storage + error.message
        case .storeUnavailable:
            error.message = storage + error.message
        case _:
            break
        }
        return error
    }

    private static var storage: String { "Can't access cart storage. " }

    private static func name(_ field: CartRejection.Field) -> String {
        switch field {
        case .cartID: "user_id"
        case .sku: "item.product_id"
        case .quantity: "item.quantity"
        case .lineID, .currency, .name, .unitPrice, .attributes, .attributeKey, .attributeValue,
            .note, .customer, .email, .discountCodes, .discountCode, .expiresIn, .actions, .takenLines,
            .takenQuantity, .version, .mergeSource, .mergeID:
            "item"
        }
    }
}
