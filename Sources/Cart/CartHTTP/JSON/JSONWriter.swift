package import NIOCore

/// Writes JSON straight into bytes. What is written where is up to the caller; only strings are taken care
/// of.
///
/// An array and not a `ByteBuffer`: a cart is some hundred short pieces, and appending one to an array costs
/// a third.
package struct JSONWriter {
    private var bytes: [UInt8] = []

    /// - Parameter capacity: how many bytes are expected; more costs a copy.
    package init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Everything written so far.
    package var buffer: ByteBuffer { ByteBuffer(bytes: bytes) }

    /// Punctuation and names.
    @inline(__always)
    package mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// A number.
    package mutating func integer(_ number: some FixedWidthInteger) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let first = bytes.count
        var rest = UInt64(number.magnitude)
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0"))
            rest /= 10
        } while rest > 0
        // The digits came from the last to the first.
        bytes[first...].reverse()
    }

    /// A number, or null.
    package mutating func integer(_ number: (some FixedWidthInteger)?) {
        if let number { integer(number) } else { raw("null") }
    }

    /// A string, escaped where it must be.
    package mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            if utf8.allSatisfy(Self.isPlain) {
                bytes.append(contentsOf: utf8)
            } else {
                for byte in utf8 { write(byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A string, or null.
    package mutating func string(_ text: String?) {
        if let text { string(text) } else { raw("null") }
    }

    /// Changes the last bytes in place; `fill` gets exactly so many, or fewer if fewer were written.
    mutating func overwrite(last count: Int, _ fill: (inout ArraySlice<UInt8>) -> Void) {
        let start = max(0, bytes.count - count)
        fill(&bytes[start...])
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func write(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x08: raw("\\b")
        case 0x09: raw("\\t")
        case 0x0A: raw("\\n")
        case 0x0C: raw("\\f")
        case 0x0D: raw("\\r")
        case 0x00..<0x20:
            raw("\\u00")
            bytes.append(UInt8(ascii: byte < 0x10 ? "0" : "1"))
            bytes.append(contentsOf: String(byte & 0xF, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }
}
