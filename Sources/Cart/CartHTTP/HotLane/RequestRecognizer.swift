// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Finds the heads of requests that have the plain shape which nearly all clients send.
///
/// The shape is narrow: a known method, a path of plain characters, `HTTP/1.1`, fields of plain names and
/// printable ASCII, a line feed after each carriage return, at most one `Content-Length`, and nothing that
/// changes how long the request is or what becomes of the connection. Where it finds one, NIO's parser (llhttp)
/// finds the same, which `RecognizerTests` compares; about all other bytes it says nothing.
struct RequestRecognizer {
    /// The methods of the shape.
    enum Method: String, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
    }

    /// A head, by offsets into the bytes in which it was found.
    struct Head: Equatable {
        let method: Method
        let target: Range<Int>
        /// The number of bytes of the head, with the empty line at its end.
        let count: Int
        /// The number of bytes of the body.
        let bodyCount: Int
        /// The number of `Host` fields.
        let hosts: Int
        /// True if it has a field that says how the answer is to be made, which only the parser's side knows:
        /// `Expect` or `Origin`.
        let isForParser: Bool
    }

    enum Finding: Equatable {
        case head(Head)
        /// More bytes have to come before anything can be said.
        case incomplete
        /// The bytes do not begin with a head of the shape.
        case other
    }

    /// A field of the head that was found, by offsets.
    struct Field: Equatable {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// The most bytes of a head.
    let byteLimit: Int
    /// The most fields of a head.
    let fieldLimit: Int
    /// The fields of the head that was found last, in their order. Kept for its storage.
    private(set) var fields: [Field] = []

    init(byteLimit: Int, fieldLimit: Int) {
        self.byteLimit = byteLimit
        self.fieldLimit = fieldLimit
    }

    /// Looks for a head at the beginning of bytes.
    mutating func find(in bytes: UnsafeRawBufferPointer) -> Finding {
        fields.removeAll(keepingCapacity: true)
        var scan = Scan(UnsafeRawBufferPointer(rebasing: bytes.prefix(byteLimit)))
        let finding = find(&scan)
        // A head that does not end within the limit is left to the parser.
        return finding == .incomplete && bytes.count >= byteLimit ? .other : finding
    }

    private mutating func find(_ scan: inout Scan) -> Finding {
        guard let method = scan.method() else { return scan.finding }
        let targetStart = scan.offset
        guard scan.skip("/"), scan.skip(while: Self.isPlainInTarget) else {
            return scan.finding
        }
        let target = targetStart..<scan.offset
        guard scan.skip(" HTTP/1.1\r\n") else { return scan.finding }
        var traits = Traits()
        while true {
            guard let first = scan.peek() else { return .incomplete }
            if first == UInt8(ascii: "\r") { break }
            guard let field = scan.field() else { return scan.finding }
            guard fields.count < fieldLimit, traits.add(field, in: scan.bytes) else { return .other }
            fields.append(field)
        }
        guard scan.skip("\r\n") else { return scan.finding }
        return .head(
            Head(
                method: method,
                target: target,
                count: scan.offset,
                bodyCount: traits.bodyCount ?? 0,
                hosts: traits.hosts,
                isForParser: traits.isForParser
            )
        )
    }

    /// True for the characters of paths and queries that all parsers take as they are (RFC 3986, 3.3 and 3.4).
    private static func isPlainInTarget(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "&")...UInt8(ascii: ";"), UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "="),
            UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "%"):
            true
        default: false
        }
    }
}

/// The properties of a request that follow from its header fields: its length, and who must answer it.
private struct Traits {
    private static let longestBody = 1 << 30

    var bodyCount: Int?
    var hosts = 0
    var isForParser = false

    /// False for a field with which the head does not have the shape.
    mutating func add(_ field: RequestRecognizer.Field, in bytes: UnsafeRawBufferPointer) -> Bool {
        let name = UnsafeRawBufferPointer(rebasing: bytes[field.name])
        let value = UnsafeRawBufferPointer(rebasing: bytes[field.value])
        switch name.count {
        case 4 where name.isEqual(ignoringCase: "host"): hosts += 1
        case 6 where name.isEqual(ignoringCase: "expect") || name.isEqual(ignoringCase: "origin"):
            isForParser = true
        case 7 where name.isEqual(ignoringCase: "upgrade"): return false
        case 10 where name.isEqual(ignoringCase: "connection"):
            return value.count == 10 && value.isEqual(ignoringCase: "keep-alive")
        case 14 where name.isEqual(ignoringCase: "content-length"):
            guard bodyCount == nil, let count = Self.number(value) else { return false }
            bodyCount = count
        case 16 where name.isEqual(ignoringCase: "proxy-connection"),
            17 where name.isEqual(ignoringCase: "transfer-encoding"):
            return false
        case _: break
        }
        return true
    }

    private static func number(_ digits: UnsafeRawBufferPointer) -> Int? {
        guard (1...10).contains(digits.count) else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number <= longestBody ? number : nil
    }
}

/// A walk over the bytes of a head.
private struct Scan {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The meaning of a step that failed: the bytes ended, or they do not have the shape.
    var finding: RequestRecognizer.Finding { offset == bytes.count ? .incomplete : .other }

    func peek() -> UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }

    /// Walks over bytes as long as they are such. False where the bytes end before another one.
    mutating func skip(while belongs: (UInt8) -> Bool) -> Bool {
        while offset < bytes.count {
            if !belongs(bytes[offset]) { return true }
            offset += 1
        }
        return false
    }

    /// Walks over this text. False, before the first byte that differs, where it does not come next.
    mutating func skip(_ text: StaticString) -> Bool {
        for place in 0..<text.utf8CodeUnitCount {
            guard offset < bytes.count, bytes[offset] == text.utf8Start[place] else { return false }
            offset += 1
        }
        return true
    }

    /// Takes a method and the space after it.
    mutating func method() -> RequestRecognizer.Method? {
        guard let first = peek() else { return nil }
        switch first {
        case UInt8(ascii: "G"): return skip("GET ") ? .get : nil
        case UInt8(ascii: "H"): return skip("HEAD ") ? .head : nil
        case UInt8(ascii: "D"): return skip("DELETE ") ? .delete : nil
        case UInt8(ascii: "O"): return skip("OPTIONS ") ? .options : nil
        case UInt8(ascii: "P"):
            offset += 1
            switch peek() {
            case UInt8(ascii: "O"): return skip("OST ") ? .post : nil
            case UInt8(ascii: "U"): return skip("UT ") ? .put : nil
            case UInt8(ascii: "A"): return skip("ATCH ") ? .patch : nil
            case _: return nil
            }
        case _: return nil
        }
    }

    /// Takes a field and the end of its line. The value has no space at its ends.
    mutating func field() -> RequestRecognizer.Field? {
        let start = offset
        guard skip(while: Self.isPlainInName), offset > start, bytes[offset] == UInt8(ascii: ":") else {
            return nil
        }
        let name = start..<offset
        offset += 1
        guard skip(while: { $0 == UInt8(ascii: " ") }) else { return nil }
        let valueStart = offset
        guard skip(while: { (0x20...0x7e).contains($0) }) else { return nil }
        let value = valueStart..<offset
        guard value.isEmpty || bytes[value.upperBound - 1] != UInt8(ascii: " "), skip("\r\n") else {
            return nil
        }
        return RequestRecognizer.Field(name: name, value: value)
    }

    private static func isPlainInName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
