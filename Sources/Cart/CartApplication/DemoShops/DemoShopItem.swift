import Cart
import CartActor

/// A product in a user's cart, in the terms of another shop. The product's id is its SKU.
package struct DemoShopItem: Equatable, Sendable {
    /// The product's id.
    package let product: String
    /// The number of pieces.
    package let quantity: Int64
    /// Price of one; 0 where the protocol knows no prices.
    package let unitPrice: Int64

    /// An item from its parts.
    package init(product: String, quantity: Int64, unitPrice: Int64 = 0) {
        self.product = product
        self.quantity = quantity
        self.unitPrice = unitPrice
    }

    /// True for this product: ids are compared by their bytes, as Swift's own comparison is too lenient.
    package func isOf(_ product: String) -> Bool { self.product.utf8.elementsEqual(product.utf8) }

    /// The cart's items, each product once, in the order in which they were first added.
    ///
    /// A product stands in several lines only while its price changes, and then costs what the latest says.
    static func items(of record: CartRecord) -> [DemoShopItem] {
        guard let cart = record.cart.contents else { return [] }
        var items: [DemoShopItem] = []
        var places: [[UInt8]: Int] = [:]
        for line in cart.lines {
            let bytes = Array(line.sku.utf8)
            var quantity = Int64(line.quantity)
            // No line holds more than 32 bits, and no cart as many lines.
            if let place = places[bytes] { quantity += items[place].quantity }
            let item = DemoShopItem(product: line.sku, quantity: quantity, unitPrice: line.unitPrice)
            if let place = places[bytes] {
                items[place] = item
            } else {
                places[bytes] = items.count
                items.append(item)
            }
        }
        return items
    }
}
