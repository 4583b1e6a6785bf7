import CartApplication

extension Refusal.FieldNames {
    /// The names of `/v1`: JSON pointers into bodies, path parameters and header fields.
    static let rest = Refusal.FieldNames(
        [
            .cart: "id",
            .line: "lineId",
            .actionLine: "/lineId",
            .cartCurrency: "/currency",
            .priceCurrency: "/unitPrice/currency",
            .sku: "/sku",
            .name: "/name",
            .quantity: "/quantity",
            .unitPrice: "/unitPrice/amount",
            .attributes: "/attributes",
            .attribute: "/attributes/*",
            .note: "/note",
            .customer: "/customerId",
            .email: "/email",
            .discountCodes: "/discountCodes",
            .discountCode: "/discountCodes/*",
            .expiresIn: "/expiresInSeconds",
            .actions: "/actions",
            .actionKind: "/action",
            .takenLines: "/lines",
            .takenQuantity: "/lines/*/quantity",
            .version: "/version",
            .mergeSource: "/from",
            .mergeID: "/mergeId",
            .idempotencyKey: "Idempotency-Key",
            .precondition: "If-Match",
            .exclusion: "If-None-Match",
            .authorization: "Authorization",
        ],
        escape: JSONPointer.escape
    )

    /// The names of the AWS retail store's API in a request that has a body.
    static let retailBody = Refusal.FieldNames(retail.merging([.sku: "/itemId"]) { $1 })

    /// The same, in one that has none.
    static let retailPath = Refusal.FieldNames(retail)

    private static let retail: [Refusal.FieldName: String] = [
        .cart: "customerId",
        .sku: "itemId",
        .quantity: "/quantity",
        .unitPrice: "/unitPrice",
        .mergeSource: "sessionId",
    ]
}
