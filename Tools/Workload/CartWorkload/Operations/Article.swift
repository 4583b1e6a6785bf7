/// What an operation puts into a cart: an article that no other operation puts anywhere, so that a cart shows exactly which
/// additions it has.
package struct Article: Hashable, Sendable {
    /// The operation that adds it, as one word.
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The article of this operation.
    package init(_ operation: OperationID) {
        rawValue = operation.rawValue
    }

    /// An article that no operation added: somebody else wrote here.
    package static let foreign = Article(rawValue: .max)

    /// Who adds it.
    package var operation: OperationID { OperationID(rawValue: rawValue) }

    /// The SKU that it is sold under: `a<client>.<number>`.
    package var sku: String { "a\(operation.client).\(operation.number)" }

    /// The article of a SKU; `foreign` for any that is not spelled as `sku` spells it.
    package init(sku: String) {
        self.init(utf8: sku.utf8)
    }

    /// The same of the SKU's bytes.
    package init(utf8 bytes: some Sequence<UInt8>) {
        var numbers: (client: UInt64, number: UInt64) = (0, 0)
        var digits = 0
        var part = 0
        for byte in bytes {
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
