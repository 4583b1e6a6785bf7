import CartWorkload
import NIOCore

/// A cart as the nodes write it, as far as a workload is about it.
enum CartDocument {
    /// The version and the lines of a cart.
    static func read(_ body: ByteBuffer) throws(JSONScanner.SyntaxError) -> CartObservation {
        try reading(body) { scanner throws(JSONScanner.SyntaxError) in try cart(&scanner) }
    }

    private static func cart(_ scanner: inout JSONScanner) throws(JSONScanner.SyntaxError) -> CartObservation
    {
        var version: UInt64?
        var lines: [CartObservation.Line]?
        try scanner.object { scanner, name throws(JSONScanner.SyntaxError) in
            if name == "version" {
                version = try scanner.integer()
            } else if name == "lines" {
                var found: [CartObservation.Line] = []
                try scanner.array { scanner throws(JSONScanner.SyntaxError) in
                    found.append(try line(&scanner))
                }
                lines = found
            } else {
                try scanner.skip()
            }
        }
        guard let version, let lines else {
            throw JSONScanner.SyntaxError(place: 0, expected: "version and lines")
        }
        return CartObservation(version: version, lines: lines)
    }

    private static func line(_ scanner: inout JSONScanner) throws(JSONScanner.SyntaxError)
        -> CartObservation.Line
    {
        var id: UInt32?
        var article: Article?
        var quantity: UInt32?
        try scanner.object { scanner, name throws(JSONScanner.SyntaxError) in
            if name == "id" {
                id = UInt32(exactly: try scanner.integer())
            } else if name == "sku" {
                article = Article(utf8: try scanner.text().utf8)
            } else if name == "quantity" {
                quantity = UInt32(exactly: try scanner.integer())
            } else {
                try scanner.skip()
            }
        }
        guard let id, let article, let quantity, quantity > 0 else {
            throw JSONScanner.SyntaxError(place: 0, expected: "id, sku and quantity of each line")
        }
        return CartObservation.Line(id: id, article: article, quantity: quantity)
    }
}

/// A problem (RFC 9457) as the nodes and the gateway write it.
struct ProblemDocument {
    /// What the problem's type ends with.
    private(set) var kind = "problem"
    /// What became of the request; nil where it is not said.
    private(set) var outcome: String?

    init(_ body: ByteBuffer) throws(JSONScanner.SyntaxError) {
        self = try reading(body) { scanner throws(JSONScanner.SyntaxError) in try ProblemDocument(&scanner) }
    }

    private init(_ scanner: inout JSONScanner) throws(JSONScanner.SyntaxError) {
        var kind: String?
        var outcome: String?
        try scanner.object { scanner, name throws(JSONScanner.SyntaxError) in
            if name == "type" {
                let type = try scanner.text().string
                kind = type.split(separator: ":").last.map(String.init)
            } else if name == "outcome" {
                outcome = try scanner.text().string
            } else {
                try scanner.skip()
            }
        }
        self.outcome = outcome
        if let kind { self.kind = kind }
    }
}

private func reading<Value>(
    _ body: ByteBuffer,
    _ read: (inout JSONScanner) throws(JSONScanner.SyntaxError) -> Value
) throws(JSONScanner.SyntaxError) -> Value {
    let result: Result<Value, JSONScanner.SyntaxError> = body.withUnsafeReadableBytes { bytes in
        var scanner = JSONScanner(bytes)
        return Result { () throws(JSONScanner.SyntaxError) in try read(&scanner) }
    }
    return try result.get()
}
