import NIOCore
import SwiftProtobuf

/// Cuts the bytes of a connection into messages. A frame is a length, 4 bytes in big-endian order, and a message.
/// On the hot path.
struct FrameReader {
    /// The longest message, bytes. A longer one ends the connection before it is buffered.
    var limit: Int
    private var buffer = ByteBuffer()

    /// The length of a frame's length, bytes.
    static let headerLength = 4

    init(limit: Int) {
        self.limit = limit
    }

    /// The bytes that have arrived and belong to no message yet.
    var unread: ByteBuffer { buffer }

    mutating func append(_ bytes: ByteBuffer) {
        guard buffer.readableBytes > 0 else {
            buffer = bytes
            return
        }
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(bytes)
    }

    /// The next message; nil if it has not arrived to its end.
    mutating func next<Kind: Message>(_: Kind.Type) throws(PeerFault) -> Kind? {
        guard let bytes = try nextFrame() else { return nil }
        return try Self.message(Kind.self, in: bytes)
    }

    /// The bytes of the next message; nil if it has not arrived to its end.
    mutating func nextFrame() throws(PeerFault) -> ByteBuffer? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length <= limit else {
            throw .malformed("a message of \(length) bytes is longer than \(limit)")
        }
        let start = buffer.readerIndex + Self.headerLength
        guard let bytes = buffer.getSlice(at: start, length: Int(length)) else { return nil }
        buffer.moveReaderIndex(to: start + Int(length))
        return bytes
    }

    /// The message that has these bytes.
    static func message<Kind: Message>(_: Kind.Type, in bytes: ByteBuffer) throws(PeerFault) -> Kind {
        do {
            return try Kind(serializedBytes: FrameBytes(bytes))
        } catch {
            throw .malformed("bytes that are no message")
        }
    }
}

extension ByteBuffer {
    /// Appends a message as a frame.
    mutating func writeFrame(_ message: some Message) throws(PeerFault) {
        let bytes: [UInt8]
        do {
            bytes = try message.serializedBytes()
        } catch {
            throw .malformed("a message cannot be written: \(error)")
        }
        writeInteger(UInt32(clamping: bytes.count))
        writeBytes(bytes)
    }
}

/// The bytes of a message where they arrived, for the parser.
private struct FrameBytes: SwiftProtobufContiguousBytes {
    private var buffer: ByteBuffer

    init(_ buffer: ByteBuffer) {
        self.buffer = buffer
    }

    init(repeating byte: UInt8, count: Int) {
        buffer = ByteBuffer(repeating: byte, count: count)
    }

    init<Bytes: Sequence>(_ sequence: Bytes) where Bytes.Element == UInt8 {
        buffer = ByteBuffer(bytes: sequence)
    }

    var count: Int { buffer.readableBytes }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try buffer.withUnsafeReadableBytes(body)
    }

    mutating func withUnsafeMutableBytes<Result>(
        _ body: (UnsafeMutableRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try buffer.withUnsafeMutableReadableBytes(body)
    }
}
