import CartApplication

/// An item as clients of the AWS retail store's cart send it.
struct RetailBody: Equatable, Sendable {
    let item: String
    let quantity: Int64
    /// Nil where it is not given.
    let unitPrice: Int64?

    /// `{"itemId", "quantity", "unitPrice"?}`; other members are overlooked, as they are there.
    init(_ body: JSONValue) throws(RequestError) {
        var names = ["itemId", "quantity", "unitPrice"]
        if case .object(let members) = body { names += members.map(\.name) }
        let object = try JSONObject(body, of: names)
        item = try object.string("itemId")
        quantity = try object.integer("quantity")
        unitPrice = object.optional("unitPrice") == nil ? nil : try object.integer("unitPrice")
    }
}

extension JSONWriter {
    /// `{"itemId", "quantity", "unitPrice"}`
    mutating func retailItem(_ item: DemoShopItem) {
        raw("{\"itemId\":")
        string(item.product)
        raw(",\"quantity\":")
        integer(item.quantity)
        raw(",\"unitPrice\":")
        integer(item.unitPrice)
        raw("}")
    }

    /// The items as an array.
    mutating func retailItems(_ items: [DemoShopItem]) {
        raw("[")
        for (index, item) in items.enumerated() {
            if index > 0 { raw(",") }
            retailItem(item)
        }
        raw("]")
    }

    /// `{"customerId", "items"}`
    mutating func retailCart(_ customer: String, _ items: [DemoShopItem]) {
        raw("{\"customerId\":")
        string(customer)
        raw(",\"items\":")
        retailItems(items)
        raw("}")
    }
}
