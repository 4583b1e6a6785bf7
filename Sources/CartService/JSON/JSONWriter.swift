package import NIOCore

/// Writes JSON straight into a buffer. What is written where is up to the caller; only strings are taken care of.
package struct JSONWriter {
    /// What was written so far.
    package private(set) var buffer: ByteBuffer

    /// - Parameter capacity: how many bytes are expected; more costs a copy.
    package init(capacity: Int) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
    }

    /// Punctuation and names.
    package mutating func raw(_ text: StaticString) {
        buffer.writeStaticString(text)
    }

    /// A number.
    package mutating func integer(_ number: some FixedWidthInteger) {
        buffer.writeString(String(number))
    }

    /// A number, or null.
    package mutating func integer(_ number: (some FixedWidthInteger)?) {
        if let number { integer(number) } else { raw("null") }
    }

    /// A string, escaped where it must be.
    package mutating func string(_ text: String) {
        buffer.writeInteger(UInt8(ascii: "\""))
        if text.utf8.allSatisfy(Self.isPlain) {
            buffer.writeString(text)
        } else {
            for byte in text.utf8 { write(byte) }
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    /// A string, or null.
    package mutating func string(_ text: String?) {
        if let text { string(text) } else { raw("null") }
    }

    /// Changes the last bytes in place; `fill` gets exactly so many, or fewer if fewer were written.
    mutating func overwrite(last count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        buffer.withUnsafeMutableReadableBytes {
            fill(UnsafeMutableRawBufferPointer(rebasing: $0.suffix(count)))
        }
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
            buffer.writeString(byte < 0x10 ? "0" : "1")
            buffer.writeString(String(byte & 0xF, radix: 16))
        default: buffer.writeInteger(byte)
        }
    }
}
