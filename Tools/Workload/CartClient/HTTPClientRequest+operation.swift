import AsyncHTTPClient
import CartWorkload
import NIOCore
import NIOHTTP1

extension HTTPClientRequest {
    /// The request that makes an operation.
    ///
    /// - Parameters:
    ///   - target: the base URL of a node.
    ///   - token: the token of callers that may set prices; nil if there is none.
    init(_ operation: WorkloadOperation, at target: String, token: String?) {
        let cart = "\(target)/v1/carts/\(operation.cart.text)"
        switch operation.action {
        case .create:
            self.init(.PUT, cart, body: #"{"currency":"EUR"}"#)
        case .add(let article, let quantity):
            self.init(.POST, "\(cart)/lines", body: "{\(article.members(quantity: quantity))}")
        case .setQuantity(let line, let quantity):
            self.init(.PATCH, "\(cart)/lines/\(line)", body: #"{"quantity":\#(quantity)}"#)
        case .setPrice(let line, let price):
            self.init(.PUT, "\(cart)/lines/\(line)/price", body: "{\(Self.unitPrice(price))}")
            if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        case .takeOut(let line, let quantity):
            self.init(
                .POST,
                "\(cart)/take-out",
                body: #"{"lines":[{"lineId":"\#(line)","quantity":\#(quantity)}]}"#
            )
        case .remove(let line):
            self.init(.DELETE, "\(cart)/lines/\(line)")
        case .replace(let line, let article, let quantity):
            let removal = #"{"action":"remove-line","lineId":"\#(line)"}"#
            self.init(.POST, "\(cart)/actions", body: Self.batch(removal, article, quantity: quantity))
        case .refill(let article, let quantity):
            self.init(
                .POST,
                "\(cart)/actions",
                body: Self.batch(#"{"action":"clear"}"#, article, quantity: quantity)
            )
        case .clear:
            self.init(.DELETE, "\(cart)/lines")
        case .setNote(let article):
            self.init(.PATCH, cart, body: #"{"note":"\#(article.sku)"}"#)
        case .setMark(let article):
            let attribute = #"{"\#(CartObservation.markAttribute)":"\#(article.sku)"}"#
            self.init(
                .PATCH,
                cart,
                body: #"{"customerId":"\#(article.sku)","attributes":\#(attribute),"#
                    + #""discountCodes":["\#(article.sku)"]}"#
            )
        case .unsetDetails:
            self.init(
                .PATCH,
                cart,
                body: #"{"note":null,"customerId":null,"attributes":null,"discountCodes":null}"#
            )
        case .checkOut(let version):
            self.init(.POST, "\(cart)/checkout", body: #"{"version":\#(version)}"#)
        case .cancelCheckout:
            self.init(.POST, "\(cart)/checkout/cancel")
        case .delete:
            self.init(.DELETE, cart)
        case .merge(let source, let id):
            self.init(.POST, "\(cart)/merge", body: #"{"from":"\#(source.text)","mergeId":"\#(id)"}"#)
        case .read:
            self.init(.GET, cart)
        }
        if let key = operation.key { headers.add(name: "Idempotency-Key", value: key) }
        if let expected = operation.expected { headers.add(name: "If-Match", value: "\"\(expected)\"") }
    }

    private init(_ method: HTTPMethod, _ url: String, body json: String? = nil) {
        self.init(url: url)
        self.method = method
        guard let json else { return }
        headers.add(name: "Content-Type", value: "application/json")
        body = .bytes(ByteBuffer(string: json))
    }

    private static func batch(_ first: String, _ article: Article, quantity: UInt32) -> String {
        #"{"actions":[\#(first),{"action":"add-line",\#(article.members(quantity: quantity))}]}"#
    }

    fileprivate static func unitPrice(_ amount: UInt32) -> String {
        #""unitPrice":{"amount":\#(amount),"currency":"EUR"}"#
    }
}

extension Article {
    /// The members of a line with this article, as JSON.
    fileprivate func members(quantity: UInt32) -> String {
        let price = HTTPClientRequest.unitPrice(CartObservation.Line.addedPrice)
        return #""sku":"\#(sku)","quantity":\#(quantity),\#(price)"#
    }
}
