// On the hot path, guarded by ADD and by what is forwarded in `Benchmarks/measure`.

/// Writes one message in protobuf's wire format, without a message object
/// (<https://protobuf.dev/programming-guides/encoding/>).
///
/// For the few messages that every commit and every hop write. Fields are to be written in the order of their
/// numbers, as the library does, and all numbers are below 16.
package struct MessageWriter {
    /// The most bytes of a varint with the key of its field.
    package static let varintField = 11
    /// The bytes of a number of 64 bits with the key of its field.
    package static let fixedField = 9
    /// The most bytes of a key and a length.
    package static let prefix = 6

    @usableFromInline let bytes: UnsafeMutableBufferPointer<UInt8>
    @usableFromInline var count = 0

    @inlinable
    init(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// A message.
    ///
    /// - Parameter capacity: no less than what is written.
    @inlinable
    package static func message(capacity: Int, _ write: (inout MessageWriter) -> Void) -> [UInt8] {
        Array(unsafeUninitializedCapacity: capacity) { bytes, count in
            count = Self.write(to: bytes, write)
        }
    }

    /// Writes a message to memory that is large enough for it.
    ///
    /// - Returns: the number of bytes written.
    @inlinable
    package static func write(
        to bytes: UnsafeMutableBufferPointer<UInt8>,
        _ write: (inout MessageWriter) -> Void
    ) -> Int {
        var writer = MessageWriter(bytes)
        write(&writer)
        return writer.count
    }

    /// A number; left out if it is 0. Negative ones of protobuf's `int32` and `int64` have the bits of an
    /// `Int64`.
    @inlinable
    package mutating func field(_ number: UInt8, _ value: UInt64) {
        guard value != 0 else { return }
        put(number << 3)
        varint(value)
    }

    /// A signed number; left out if it is 0.
    @inlinable
    package mutating func field(_ number: UInt8, _ value: Int64) {
        field(number, UInt64(bitPattern: value))
    }

    /// A number that may be absent, of a field declared `optional`; 0 is written.
    @inlinable
    package mutating func optional(_ number: UInt8, _ value: UInt64?) {
        guard let value else { return }
        put(number << 3)
        varint(value)
    }

    /// A number of 64 bits, of a field declared `fixed64`; left out if it is 0.
    @inlinable
    package mutating func fixed64(_ number: UInt8, _ value: UInt64) {
        guard value != 0 else { return }
        put(number << 3 | 1)
        var rest = value
        for _ in 0..<8 {
            put(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// A text; left out if it is empty.
    @inlinable
    package mutating func field(_ number: UInt8, _ text: String) {
        guard !text.isEmpty else { return }
        put(number << 3 | 2)
        var text = text
        text.withUTF8 { utf8 in
            varint(UInt64(utf8.count))
            put(UnsafeRawBufferPointer(utf8))
        }
    }

    /// Bytes, or a message that was serialized before; written also if they are empty.
    @inlinable
    package mutating func field(_ number: UInt8, bytes: [UInt8]) {
        put(number << 3 | 2)
        varint(UInt64(bytes.count))
        bytes.withUnsafeBytes { put($0) }
    }

    /// A message within this one, which is there also if it is empty.
    @inlinable
    package mutating func message(_ number: UInt8, _ write: (inout MessageWriter) -> Void) {
        put(number << 3 | 2)
        let start = count
        // Room for the length, as most are: in one byte.
        put(0)
        write(&self)
        let length = count - start - 1
        if length < 0x80 {
            bytes[start] = UInt8(truncatingIfNeeded: length)
        } else {
            insertLength(length, at: start)
        }
    }

    @usableFromInline
    mutating func insertLength(_ length: Int, at start: Int) {
        let size = (Int.bitWidth - length.leadingZeroBitCount + 6) / 7
        precondition(start + size + length <= bytes.count, "a message is larger than its capacity")
        guard let first = bytes.baseAddress else { return }
        (first + start + size).update(from: first + start + 1, count: length)
        count = start
        varint(UInt64(length))
        count += length
    }

    @inlinable
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }

    @inlinable
    mutating func put(_ source: UnsafeRawBufferPointer) {
        precondition(source.count <= bytes.count - count, "a message is larger than its capacity")
        guard let from = source.baseAddress, let start = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(start + count).copyMemory(from: from, byteCount: source.count)
        count += source.count
    }

    @inlinable
    mutating func put(_ byte: UInt8) {
        precondition(count < bytes.count, "a message is larger than its capacity")
        bytes[count] = byte
        count += 1
    }
}
