/// The path of a request without what is the client's: what requests are counted by. Closed, as no request may
/// add a series.
package enum HTTPRoute: Int, CaseIterable, Sendable {
    case carts, cart, history, stream, lines, line, price, actions
    case takeOut, checkout, cancellation, order, merge
    case retailCart, retailMerge, retailItems, retailItem, retailProbe
    /// Any other path, and what is no request.
    case other

    /// The label's value.
    package var template: String {
        switch self {
        case .carts: "/v1/carts"
        case .cart: "/v1/carts/{id}"
        case .history: "/v1/carts/{id}/history"
        case .stream: "/v1/carts/{id}/stream"
        case .lines: "/v1/carts/{id}/lines"
        case .line: "/v1/carts/{id}/lines/{lineId}"
        case .price: "/v1/carts/{id}/lines/{lineId}/price"
        case .actions: "/v1/carts/{id}/actions"
        case .takeOut: "/v1/carts/{id}/take-out"
        case .checkout: "/v1/carts/{id}/checkout"
        case .cancellation: "/v1/carts/{id}/checkout/cancel"
        case .order: "/v1/carts/{id}/order"
        case .merge: "/v1/carts/{id}/merge"
        case .retailCart: "/carts/{customerId}"
        case .retailMerge: "/carts/{customerId}/merge"
        case .retailItems: "/carts/{customerId}/items"
        case .retailItem: "/carts/{customerId}/items/{itemId}"
        case .retailProbe: "/actuator/health"
        case .other: "other"
        }
    }

    init(_ resource: CartResource) {
        switch resource {
        case .carts: self = .carts
        case .cart: self = .cart
        case .history: self = .history
        case .stream: self = .stream
        case .lines: self = .lines
        case .line: self = .line
        case .price: self = .price
        case .actions: self = .actions
        case .takeOut: self = .takeOut
        case .checkout: self = .checkout
        case .cancellation: self = .cancellation
        case .order: self = .order
        case .merge: self = .merge
        }
    }

    private init(_ resource: RetailResource) {
        switch resource {
        case .cart: self = .retailCart
        case .merge: self = .retailMerge
        case .items: self = .retailItems
        case .item: self = .retailItem
        }
    }

    /// The route of a request that passed the parser, on whichever face.
    init(target: String) {
        if let resource = CartResource(target: target) {
            self.init(resource)
        } else if let resource = RetailResource(target: target) {
            self.init(resource)
        } else {
            self = RetailProbe(target: target) == nil ? .other : .retailProbe
        }
    }
}
