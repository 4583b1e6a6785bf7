import Cart
import CartApplication
import PercentEncoding

/// The resource that a path names. Ids are percent-decoded, not validated.
enum CartResource: Equatable, Sendable {
    /// `/v1/carts`
    case carts
    /// `/v1/carts/{id}`
    case cart(String)
    /// `/v1/carts/{id}/history`
    case history(String)
    /// `/v1/carts/{id}/stream`
    case stream(String)
    /// `/v1/carts/{id}/lines`
    case lines(String)
    /// `/v1/carts/{id}/lines/{lineId}`
    case line(String, String)
    /// `/v1/carts/{id}/lines/{lineId}/price`
    case price(String, String)
    /// `/v1/carts/{id}/actions`
    case actions(String)
    /// `/v1/carts/{id}/take-out`
    case takeOut(String)
    /// `/v1/carts/{id}/checkout`
    case checkout(String)
    /// `/v1/carts/{id}/checkout/cancel`
    case cancellation(String)
    /// `/v1/carts/{id}/order`
    case order(String)
    /// `/v1/carts/{id}/merge`
    case merge(String)

    /// The path of all carts.
    static let root = "/v1/carts"

    /// Nil for a request target that is not about carts. A query is ignored.
    init?(target: String) {
        var target = target
        guard let resource = target.withUTF8({ CartResource(target: UnsafeRawBufferPointer($0)) }) else {
            return nil
        }
        self = resource
    }

    /// The same for a target in UTF-8.
    ///
    /// By hand rather than by the framework's router: a few shapes, one of which is answered at the rate of
    /// the wire, and the router would cost it a tree walk, a dictionary of parameters and a description of
    /// the route.
    init?(target: UnsafeRawBufferPointer) {
        guard target.starts(with: CartResource.root.utf8) else { return nil }
        let query = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        var rest = target[CartResource.root.utf8.count..<max(query, CartResource.root.utf8.count)]
        guard !rest.isEmpty else {
            self = .carts
            return
        }
        guard rest.removeFirst() == UInt8(ascii: "/") else { return nil }
        guard let id = CartResource.step(&rest) else { return nil }
        guard !rest.isEmpty else {
            self = .cart(id)
            return
        }
        rest.removeFirst()
        guard let part = CartResource.step(&rest) else { return nil }
        var first: String?
        var second: String?
        while !rest.isEmpty {
            rest.removeFirst()
            guard second == nil, let step = CartResource.step(&rest) else { return nil }
            if first == nil { first = step } else { second = step }
        }
        self.init(part, of: id, then: first, second)
    }

    private init?(_ part: String, of id: String, then first: String?, _ second: String?) {
        switch (part, first, second) {
        case ("lines", nil, nil): self = .lines(id)
        case ("lines", let line?, nil): self = .line(id, line)
        case ("lines", let line?, "price"): self = .price(id, line)
        case ("actions", nil, nil): self = .actions(id)
        case ("take-out", nil, nil): self = .takeOut(id)
        case ("checkout", nil, nil): self = .checkout(id)
        case ("checkout", "cancel", nil): self = .cancellation(id)
        case ("order", nil, nil): self = .order(id)
        case ("history", nil, nil): self = .history(id)
        case ("stream", nil, nil): self = .stream(id)
        case ("merge", nil, nil): self = .merge(id)
        case _: return nil
        }
    }

    /// Takes what comes before the next slash; nil if that is nothing.
    private static func step(_ rest: inout Slice<UnsafeRawBufferPointer>) -> String? {
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        let step = UnsafeRawBufferPointer(rebasing: rest[..<end])
        rest = rest[end...]
        guard !step.isEmpty else { return nil }
        let text = String(decoding: step, as: UTF8.self)
        guard step.contains(UInt8(ascii: "%")) else { return text }
        // A wrongly escaped step stays as it is, and is refused with the id: no id has a percent sign.
        return PercentEncoding.decode(Substring(text).utf8) ?? text
    }

    /// Refuses ids that no cart and no line can have.
    func validate() throws(RequestError) {
        do throws(CartRejection) {
            switch self {
            case .carts: break
            case .cart(let id), .history(let id), .stream(let id), .lines(let id), .actions(let id),
                .takeOut(let id), .checkout(let id), .cancellation(let id), .order(let id), .merge(let id):
                _ = try CartID(id)
            case .line(let id, let line), .price(let id, let line):
                _ = try CartID(id)
                _ = try LineID(line)
            }
        } catch {
            throw .rejected(error)
        }
    }

    /// The resource's methods, as `Allow` lists them.
    var methods: String {
        switch self {
        case .carts: "POST, OPTIONS"
        case .cart: "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"
        case .history, .stream: "GET, HEAD, OPTIONS"
        case .lines: "POST, DELETE, OPTIONS"
        case .line: "PATCH, DELETE, OPTIONS"
        case .price: "PUT, OPTIONS"
        case .actions, .takeOut, .checkout, .cancellation, .merge: "POST, OPTIONS"
        case .order: "GET, HEAD, OPTIONS"
        }
    }
}
