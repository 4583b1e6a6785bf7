/// What a path of the AWS retail store's cart API names. Ids are percent-decoded, and may be any text.
enum RetailResource: Equatable, Sendable {
    /// `/carts/{customerId}`
    case cart(String)
    /// `/carts/{customerId}/merge?sessionId=…`; nil where the query names no session.
    case merge(String, session: String?)
    /// `/carts/{customerId}/items`
    case items(String)
    /// `/carts/{customerId}/items/{itemId}`
    case item(String, String)

    /// What the request target names, or nil for anything else.
    init?(target: String) {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = halves.first else { return nil }
        let raw = path.split(separator: "/", omittingEmptySubsequences: false)
        var steps: [String] = []
        for step in raw {
            guard let text = Self.percentDecoded(step) else { return nil }
            steps.append(text)
        }
        guard steps.count >= 3, steps[0].isEmpty, raw[1] == "carts", !steps[2].isEmpty else { return nil }
        switch (steps.count, steps.count > 3 ? steps[3] : "") {
        case (3, _): self = .cart(steps[2])
        case (4, "items"): self = .items(steps[2])
        case (4, "merge"):
            self = .merge(steps[2], session: halves.count > 1 ? Self.session(halves[1]) : nil)
        case (5, "items") where !steps[4].isEmpty: self = .item(steps[2], steps[4])
        case _: return nil
        }
    }

    /// What may be done with it, as `Allow` lists it.
    var methods: String {
        switch self {
        case .cart: "GET, DELETE"
        case .merge: "GET"
        case .items: "GET, POST, PATCH"
        case .item: "GET, DELETE"
        }
    }

    private static func session(_ query: Substring) -> String? {
        for pair in query.split(separator: "&") where pair.hasPrefix("sessionId=") {
            let text = percentDecoded(pair.dropFirst("sessionId=".count))
            return text?.isEmpty == false ? text : nil
        }
        return nil
    }

    /// Nil for a broken escape and for what is not UTF-8: two ids must never come to the same.
    private static func percentDecoded(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = Substring(rest.prefix(2))
            guard digits.utf8.count == 2, digits.utf8.first != UInt8(ascii: "+"),
                let decoded = UInt8(digits, radix: 16)
            else { return nil }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
