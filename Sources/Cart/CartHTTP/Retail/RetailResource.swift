import PercentEncoding

/// The resource that a path of the AWS retail store's cart API names. Ids are percent-decoded, and may be any
/// text.
enum RetailResource: Equatable, Sendable {
    /// `/carts/{customerId}`
    case cart(String)
    /// `/carts/{customerId}/merge?sessionId=…`; nil where the query names no session that can be decoded.
    case merge(String, session: String?)
    /// `/carts/{customerId}/items`
    case items(String)
    /// `/carts/{customerId}/items/{itemId}`
    case item(String, String)

    /// Nil for a request target that is not part of that API, and for a path that cannot be decoded.
    init?(target: String) {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = halves.first else { return nil }
        let raw = path.split(separator: "/", omittingEmptySubsequences: false)
        var steps: [String] = []
        for step in raw {
            guard let text = PercentEncoding.decode(step.utf8) else { return nil }
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

    /// The resource's methods, as `Allow` lists them.
    var methods: String {
        switch self {
        case .cart: "GET, HEAD, DELETE, OPTIONS"
        case .merge: "GET, OPTIONS"
        case .items: "GET, HEAD, POST, PATCH, OPTIONS"
        case .item: "GET, HEAD, DELETE, OPTIONS"
        }
    }

    private static func session(_ query: Substring) -> String? {
        for pair in query.split(separator: "&") where pair.hasPrefix("sessionId=") {
            let text = PercentEncoding.decode(pair.dropFirst("sessionId=".count).utf8)
            return text?.isEmpty == false ? text : nil
        }
        return nil
    }
}
