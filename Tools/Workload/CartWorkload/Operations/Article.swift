/// The article that an addition puts into a cart. No two operations add the same one, so that a cart shows
/// exactly which additions it contains.
package struct Article: Hashable, Sendable {
    /// The operation that adds it, as `OperationID.rawValue`.
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The article that this operation adds.
    package init(_ operation: OperationID) {
        rawValue = operation.rawValue
    }

    /// An article that no operation of a workload adds.
    package static let foreign = Article(rawValue: .max)

    /// The operation that adds it.
    package var operation: OperationID { OperationID(rawValue: rawValue) }

    /// Its SKU: `a<client>.<number>`.
    package var sku: String { "a\(operation.client).\(operation.number)" }

    /// The article with this SKU; `foreign` if the SKU does not have the form of `sku`.
    package init(sku: String) {
        var numbers: (client: UInt64, number: UInt64) = (0, 0)
        var digits = 0
        var part = 0
        for byte in sku.utf8 {
            switch (part, byte) {
            case (0, UInt8(ascii: "a")):
                part = 1
            case (1, UInt8(ascii: ".")) where digits > 0:
                part = 2
                digits = 0
            case (1...2, UInt8(ascii: "0")...UInt8(ascii: "9")) where digits < 10:
                let digit = UInt64(byte - UInt8(ascii: "0"))
                digits += 1
                if part == 1 {
                    numbers.client = numbers.client * 10 + digit
                } else {
                    numbers.number = numbers.number * 10 + digit
                }
            default:
                self = .foreign
                return
            }
        }
        guard part == 2, digits > 0, let client = UInt32(exactly: numbers.client),
            let number = UInt32(exactly: numbers.number)
        else {
            self = .foreign
            return
        }
        self.init(OperationID(client: client, number: number))
    }
}
