package import NIOCore

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Writes JSON straight into bytes. What is written where is up to the caller; only strings are taken care
/// of.
///
/// Into memory of its own and not into a `ByteBuffer`: a cart is some hundred short pieces, and appending one
/// costs a comparison and a copy here.
package struct JSONWriter: ~Copyable {
    private var bytes: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0
    /// The last moment that was written, for the next one: most are of the same day.
    var lastMoment: WrittenMoment?
    /// The end of the last amount that was written, for the next one: most are of the same currency.
    var lastCurrency: WrittenCurrency?

    /// - Parameter capacity: how many bytes are expected; more costs a copy.
    package init(capacity: Int) {
        self.capacity = max(capacity, 32)
        bytes = .allocate(capacity: self.capacity)
    }

    deinit { bytes.deallocate() }

    /// Everything written so far.
    package var buffer: ByteBuffer { ByteBuffer(bytes: UnsafeBufferPointer(start: bytes, count: count)) }

    /// Makes room for so many more bytes.
    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if more > capacity - count { grow(by: more) }
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        capacity = max(2 * capacity, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = larger
    }

    /// Adds a byte for which there is room.
    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }

    /// Punctuation and names.
    @inline(__always)
    package mutating func raw(_ text: StaticString) {
        reserve(text.utf8CodeUnitCount)
        (bytes + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    /// A number.
    package mutating func integer(_ number: some FixedWidthInteger) {
        // The sign, and as many digits as 64 bits have.
        reserve(21)
        if number < 0 { put(UInt8(ascii: "-")) }
        var rest = UInt64(number.magnitude)
        guard rest >= 10 else { return put(UInt8(truncatingIfNeeded: rest) + UInt8(ascii: "0")) }
        var end = count
        var length = rest
        repeat {
            length /= 10
            end += 1
        } while length > 0
        count = end
        repeat {
            end -= 1
            bytes[end] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
            rest /= 10
        } while rest > 0
    }

    /// Writes a part of the output once more.
    mutating func again(_ place: Range<Int>) {
        precondition(place.upperBound <= count, "what was not written cannot be written again")
        reserve(place.count)
        (bytes + count).update(from: bytes + place.lowerBound, count: place.count)
        count += place.count
    }

    /// A number, or null.
    package mutating func integer(_ number: (some FixedWidthInteger)?) {
        if let number { integer(number) } else { raw("null") }
    }

    /// A string, escaped where it must be.
    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            reserve(utf8.count + 2)
            put(UInt8(ascii: "\""))
            if let start = utf8.baseAddress, utf8.allSatisfy(Self.isPlain) {
                (bytes + count).update(from: start, count: utf8.count)
                count += utf8.count
                put(UInt8(ascii: "\""))
            } else {
                for byte in utf8 { write(byte) }
                raw("\"")
            }
        }
    }

    /// A string, or null.
    package mutating func string(_ text: String?) {
        if let text { string(text) } else { raw("null") }
    }

    /// Changes the last bytes in place; `fill` gets exactly so many, or fewer if fewer were written.
    mutating func overwrite(last count: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        let count = min(count, self.count)
        fill(UnsafeMutableBufferPointer(start: bytes + self.count - count, count: count))
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
            reserve(2)
            put(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let low = byte & 0xF
            put(low < 10 ? low + UInt8(ascii: "0") : low - 10 + UInt8(ascii: "a"))
        default:
            reserve(1)
            put(byte)
        }
    }
}
