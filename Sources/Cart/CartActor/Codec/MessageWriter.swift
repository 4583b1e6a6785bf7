// On the hot path, guarded by ADD of `Benchmarks/measure`.

/// Writes one message in protobuf's wire format, without a message object
/// (<https://protobuf.dev/programming-guides/encoding/>).
///
/// For the few messages that every commit writes. Fields are to be written in the order of their numbers, as
/// the library does, and all numbers are below 16. A field with its default value is left out.
struct MessageWriter {
    /// The most bytes of a varint with the key of its field.
    static let varintField = 11
    /// The most bytes of a key and a length.
    static let prefix = 6

    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    private init(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// A message.
    ///
    /// - Parameter capacity: no less than what is written.
    static func message(capacity: Int, _ write: (inout MessageWriter) -> Void) -> [UInt8] {
        Array(unsafeUninitializedCapacity: capacity) { bytes, count in
            var writer = MessageWriter(bytes)
            write(&writer)
            count = writer.count
        }
    }

    /// A number. Negative ones of protobuf's `int32` and `int64` have the bits of an `Int64`.
    mutating func field(_ number: UInt8, _ value: UInt64) {
        guard value != 0 else { return }
        put(number << 3)
        varint(value)
    }

    /// A signed number.
    mutating func field(_ number: UInt8, _ value: Int64) {
        field(number, UInt64(bitPattern: value))
    }

    /// A text.
    mutating func field(_ number: UInt8, _ text: String) {
        guard !text.isEmpty else { return }
        put(number << 3 | 2)
        var text = text
        text.withUTF8 { utf8 in
            varint(UInt64(utf8.count))
            precondition(utf8.count <= bytes.count - count, "a message is larger than its capacity")
            guard let source = utf8.baseAddress, let start = bytes.baseAddress else { return }
            (start + count).update(from: source, count: utf8.count)
            count += utf8.count
        }
    }

    /// A message within this one, which is there also if it is empty.
    mutating func message(_ number: UInt8, _ write: (inout MessageWriter) -> Void) {
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

    private mutating func insertLength(_ length: Int, at start: Int) {
        let size = (Int.bitWidth - length.leadingZeroBitCount + 6) / 7
        precondition(start + size + length <= bytes.count, "a message is larger than its capacity")
        guard let first = bytes.baseAddress else { return }
        (first + start + size).update(from: first + start + 1, count: length)
        count = start
        varint(UInt64(length))
        count += length
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func put(_ byte: UInt8) {
        precondition(count < bytes.count, "a message is larger than its capacity")
        bytes[count] = byte
        count += 1
    }
}
