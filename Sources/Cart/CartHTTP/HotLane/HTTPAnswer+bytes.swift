import NIOCore
import NIOHTTP1

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

extension HTTPAnswer {
    /// True if it says that the connection ends.
    var closes: Bool { fields.contains { $0.0 == "Connection" } }

    /// Writes the answer as it leaves: what `ConnectionMachine` and NIO's encoder would make of it.
    ///
    /// - Parameters:
    ///   - date: the time at which it is made, as `Date` has it; nil where that is not known.
    ///   - variesByOrigin: true if pages of some origins may call the node.
    ///   - closes: true if the connection ends with the answer.
    ///   - omitsBody: true for the answer to HEAD.
    func write(
        to buffer: inout ByteBuffer,
        date: String?,
        variesByOrigin: Bool,
        closes: Bool,
        omitsBody: Bool
    ) {
        let mayHaveBody = status.mayHaveResponseBody
        // Into the buffer's memory, as each piece by itself would cost as much as all of them.
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: headCapacity(date)) { bytes in
            var head = HeadWriter(bytes)
            head.literal("HTTP/1.1 ")
            head.number(Int(status.code))
            head.literal(" ")
            head.text(status.reasonPhrase)
            head.literal("\r\n")
            var isCacheable = false
            for (name, value) in fields where name != "Connection" {
                head.field(name, value: value)
                if name == "Cache-Control" { isCacheable = true }
            }
            if mayHaveBody {
                head.literal("Content-Length: ")
                head.number(body.readableBytes)
                head.literal("\r\n")
            }
            if let date { head.field("Date", value: date) }
            if !isCacheable { head.literal("Cache-Control: no-store, no-transform\r\n") }
            if variesByOrigin { head.literal("Vary: Origin\r\n") }
            if closes { head.literal("Connection: close\r\n") }
            head.literal("\r\n")
            return head.count
        }
        if mayHaveBody, !omitsBody { buffer.writeImmutableBuffer(body) }
    }

    /// No less than the head takes.
    private func headCapacity(_ date: String?) -> Int {
        // The status line and the fields that every answer gets take less than 192 bytes.
        var capacity = 192 + status.reasonPhrase.utf8.count + (date?.utf8.count ?? 0)
        for (name, value) in fields { capacity += name.utf8.count + value.utf8.count + 4 }
        return capacity
    }
}

/// Writes the head of an answer into memory that is large enough.
private struct HeadWriter {
    private let bytes: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ bytes: UnsafeMutableRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func literal(_ text: StaticString) {
        put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }

    mutating func field(_ name: String, value: String) {
        text(name)
        literal(": ")
        text(value)
        literal("\r\n")
    }

    /// - Parameter number: not negative.
    mutating func number(_ number: Int) {
        var rest = number
        // As many digits as 64 bits have.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
                rest /= 10
            } while rest > 0 && start > 0
            put(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[start...]))
        }
    }

    private mutating func put(_ text: UnsafeRawBufferPointer) {
        precondition(text.count <= bytes.count - count, "the head of an answer is larger than its buffer")
        UnsafeMutableRawBufferPointer(rebasing: bytes[count...]).copyMemory(from: text)
        count += text.count
    }
}
