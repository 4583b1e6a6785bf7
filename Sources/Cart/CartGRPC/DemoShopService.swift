import Cart
import CartApplication
import CartProtobuf
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
    private let application: CartApplication<Dispatcher>

    init(_ shop: Shop, _ application: CartApplication<Dispatcher>) {
        self.shop = shop
        self.application = application
        carts = DemoShopCarts(shop.space, application)
    }

    func registerMethods<Transport>(with router: inout RPCRouter<Transport>) {
        let service = shop.service
        router.serve("AddItem", of: service, atMost: application.policy.bodyBytes) {
            request,
            metadata throws(RPCError) in
            try await answer(metadata) { context throws(Refusal) in try await add(request, context) }
        }
        router.serve("GetCart", of: service, atMost: application.policy.bodyBytes) {
            request,
            metadata throws(RPCError) in
            try await answer(metadata) { context throws(Refusal) in try await show(request, context) }
        }
        router.serve("EmptyCart", of: service, atMost: application.policy.bodyBytes) {
            request,
            metadata throws(RPCError) in
            try await answer(metadata) { context throws(Refusal) in try await empty(request, context) }
        }
    }

    func add(_ request: BoutiqueAddItemRequest, _ context: CallContext) async throws(Refusal) -> BoutiqueEmpty
    {
        // In the order in which the fields stand.
        _ = try shop.space.cart(of: request.userID)
        guard request.hasItem else { throw Refusal(.missingField("item")) }
        let item = DemoShopItem(product: request.item.productID, quantity: Int64(request.item.quantity))
        try await carts.add(item, for: request.userID, context)
        return BoutiqueEmpty()
    }

    func show(_ request: BoutiqueGetCartRequest, _ context: CallContext) async throws(Refusal) -> BoutiqueCart
    {
        let items = try await carts.items(of: request.userID, context)
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

    func empty(_ request: BoutiqueEmptyCartRequest, _ context: CallContext) async throws(Refusal)
        -> BoutiqueEmpty
    {
        try await carts.empty(request.userID, context)
        return BoutiqueEmpty()
    }

    private func answer<Output>(
        _ metadata: Metadata,
        _ body: (CallContext) async throws(Refusal) -> Output
    ) async throws(RPCError) -> Output {
        do throws(Refusal) {
            return try await body(CallContext(metadata, deadline: application.deadline(asked:)))
        } catch {
            application.dependencies.outcomes.refused(error.kind)
            throw Self.error(error)
        }
    }

    /// Trouble with the store begins as the shops' own does, and is a failed precondition where no retry
    /// cures it.
    static func error(_ refusal: Refusal) -> RPCError {
        var error = RPCError(refusal, names: .demoShop)
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
}
