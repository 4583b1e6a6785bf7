import Cart

/// What a path names. Ids are as in the path: percent-decoded, not validated.
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

    /// Where carts are.
    static let root = "/v1/carts"

    /// What the request target names, or nil for anything that is not ours. A query is overlooked.
    ///
    /// By hand rather than by the framework's router: four shapes, one of which is answered at the rate of the wire, and
    /// the router would cost it a tree walk, a dictionary of parameters and a description of the route.
    init?(target: String) {
        guard target.utf8.starts(with: CartResource.root.utf8) else { return nil }
        var rest = target.utf8.dropFirst(CartResource.root.utf8.count)
        if let query = rest.firstIndex(of: UInt8(ascii: "?")) { rest = rest[..<query] }
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
        let part = CartResource.step(&rest)
        if part == "history", rest.isEmpty {
            self = .history(id)
            return
        }
        if part == "stream", rest.isEmpty {
            self = .stream(id)
            return
        }
        guard part == "lines" else { return nil }
        guard !rest.isEmpty else {
            self = .lines(id)
            return
        }
        rest.removeFirst()
        guard let line = CartResource.step(&rest), rest.isEmpty else { return nil }
        self = .line(id, line)
    }

    /// Takes what comes before the next slash; nil if that is nothing.
    private static func step(_ rest: inout Substring.UTF8View) -> String? {
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        let step = rest[..<end]
        rest = rest[end...]
        guard !step.isEmpty else { return nil }
        return step.contains(UInt8(ascii: "%")) ? percentDecoded(step) : String(Substring(step))
    }

    /// A broken escape stays as it is; the percent sign is in no id's alphabet.
    private static func percentDecoded(_ step: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        var rest = step
        while let byte = rest.popFirst() {
            let digits = Substring(rest.prefix(2))
            if byte == UInt8(ascii: "%"), digits.utf8.count == 2, digits.utf8.allSatisfy(isHexadecimal),
                let decoded = UInt8(digits, radix: 16)
            {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "a")...UInt8(ascii: "f"):
            true
        default: false
        }
    }

    /// What may be done with it, as `Allow` lists it.
    var methods: String {
        switch self {
        case .carts: "POST, OPTIONS"
        case .cart: "GET, HEAD, PUT, DELETE, OPTIONS"
        case .history: "GET, HEAD, OPTIONS"
        case .stream: "GET, OPTIONS"
        case .lines: "POST, DELETE, OPTIONS"
        case .line: "PATCH, DELETE, OPTIONS"
        }
    }
}
