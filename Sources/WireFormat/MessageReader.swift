// On the hot path, guarded by what is forwarded in `Benchmarks/measure`, and by restores.

/// Reads one message in protobuf's wire format, without a message object
/// (<https://protobuf.dev/programming-guides/encoding/>).
///
/// It reads the plain shape alone, which is what `MessageWriter` and the library write: each field once, in the
/// order of their numbers, which are below 16, and nothing unknown. For any other bytes it throws `NotPlain`, and
/// they are the library's to read or to refuse. What it reads, the library would read as the same.
///
/// Any bytes may come: every access is checked against the end.
package struct MessageReader {
    @usableFromInline let bytes: UnsafeRawBufferPointer
    /// Never beyond `limit`.
    @usableFromInline var place: Int
    /// Never beyond the bytes.
    @usableFromInline let limit: Int

    @inlinable
    init(_ bytes: UnsafeRawBufferPointer, place: Int, limit: Int) {
        self.bytes = bytes
        self.place = place
        self.limit = limit
    }

    /// A message that has these bytes. Whoever reads it ends with `end()`.
    @inlinable
    package init(_ bytes: UnsafeRawBufferPointer) {
        self.init(bytes, place: 0, limit: bytes.count)
    }

    /// A number; 0 if it is absent.
    @inlinable
    package mutating func uint64(_ number: UInt8) throws(NotPlain) -> UInt64 {
        passes(number << 3) ? try varint() : 0
    }

    /// A number of a field declared `optional`; nil if it is absent.
    @inlinable
    package mutating func optional(_ number: UInt8) throws(NotPlain) -> UInt64? {
        passes(number << 3) ? try varint() : nil
    }

    /// A signed number; 0 if it is absent.
    @inlinable
    package mutating func int64(_ number: UInt8) throws(NotPlain) -> Int64 {
        Int64(bitPattern: try uint64(number))
    }

    /// A number of a narrower type; 0 if it is absent. The library cuts bits off, which is not plain.
    @inlinable
    package mutating func uint32(_ number: UInt8) throws(NotPlain) -> UInt32 {
        guard let value = UInt32(exactly: try uint64(number)) else { throw NotPlain() }
        return value
    }

    /// A signed number of a narrower type; 0 if it is absent.
    @inlinable
    package mutating func int32(_ number: UInt8) throws(NotPlain) -> Int32 {
        guard let value = Int32(exactly: try int64(number)) else { throw NotPlain() }
        return value
    }

    /// A truth value; false if it is absent.
    @inlinable
    package mutating func bool(_ number: UInt8) throws(NotPlain) -> Bool {
        switch try uint64(number) {
        case 0: false
        case 1: true
        default: throw NotPlain()
        }
    }

    /// A number of a field declared `fixed64`; 0 if it is absent.
    @inlinable
    package mutating func fixed64(_ number: UInt8) throws(NotPlain) -> UInt64 {
        guard passes(number << 3 | 1) else { return 0 }
        guard limit - place >= 8 else { throw NotPlain() }
        let value = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        place += 8
        return UInt64(littleEndian: value)
    }

    /// A text; empty if it is absent.
    @inlinable
    package mutating func text(_ number: UInt8) throws(NotPlain) -> String {
        guard passes(number << 3 | 2) else { return "" }
        let content = UnsafeRawBufferPointer(rebasing: bytes[try content()])
        // Nearly all texts are ASCII, which needs no check.
        if content.allSatisfy({ $0 < 0x80 }) { return String(decoding: content, as: UTF8.self) }
        guard let text = String(validating: content, as: UTF8.self) else { throw NotPlain() }
        return text
    }

    /// Bytes; nil if they are absent.
    @inlinable
    package mutating func bytes(_ number: UInt8) throws(NotPlain) -> [UInt8]? {
        guard passes(number << 3 | 2) else { return nil }
        return [UInt8](bytes[try content()])
    }

    /// A message within this one; nil if it is absent. Asked for again, the next one of a repeated field. Whoever
    /// reads it ends with its `end()`.
    @inlinable
    package mutating func message(_ number: UInt8) throws(NotPlain) -> MessageReader? {
        guard passes(number << 3 | 2) else { return nil }
        let content = try content()
        return MessageReader(bytes, place: content.lowerBound, limit: content.upperBound)
    }

    /// The number of messages that `message` gives from here, to reserve room for them.
    @inlinable
    package func count(_ number: UInt8) -> Int {
        var (ahead, count) = (self, 0)
        while (try? ahead.message(number)) != nil { count += 1 }
        return count
    }

    /// The message has ended: a field that was not asked for is not plain.
    @inlinable
    package func end() throws(NotPlain) {
        guard place == limit else { throw NotPlain() }
    }

    /// True if this key of a field comes next; it is passed then.
    @inlinable
    mutating func passes(_ key: UInt8) -> Bool {
        guard place < limit, bytes[place] == key else { return false }
        place += 1
        return true
    }

    /// The places of what follows a length.
    @inlinable
    mutating func content() throws(NotPlain) -> Range<Int> {
        let length = try varint()
        guard length <= UInt64(limit - place) else { throw NotPlain() }
        let start = place
        place += Int(length)
        return start..<place
    }

    @inlinable
    mutating func varint() throws(NotPlain) -> UInt64 {
        guard place < limit else { throw NotPlain() }
        let first = bytes[place]
        guard first >= 0x80 else {
            place += 1
            return UInt64(first)
        }
        return try longVarint()
    }

    @usableFromInline
    mutating func longVarint() throws(NotPlain) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < limit, shift < 64 {
            let byte = bytes[place]
            place += 1
            // Of the tenth byte, one bit has room.
            guard shift < 63 || byte <= 1 else { throw NotPlain() }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw NotPlain()
    }
}

/// Bytes that are not of the plain shape.
package struct NotPlain: Error {
    @inlinable package init() {}
}
