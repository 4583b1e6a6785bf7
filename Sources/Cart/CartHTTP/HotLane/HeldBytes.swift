import NIOCore

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// The bytes of a connection that came and have neither been taken nor passed on.
struct HeldBytes {
    private var bytes = ByteBuffer()
    /// False while the bytes lie in the buffer that was read into, which is longer, and is wanted for what comes
    /// next.
    private var isOwned = false

    var isEmpty: Bool { bytes.readableBytes == 0 }

    var count: Int { bytes.readableBytes }

    mutating func append(_ part: ByteBuffer) {
        if isEmpty {
            bytes = part
            isOwned = false
        } else {
            bytes.writeImmutableBuffer(part)
        }
    }

    /// Takes the first bytes, or all where there are fewer.
    mutating func take(atMost limit: Int) -> ByteBuffer {
        guard limit < count, let part = bytes.readSlice(length: limit) else { return takeAll() }
        return part
    }

    mutating func takeAll() -> ByteBuffer {
        defer { clear() }
        return bytes
    }

    /// Drops the first bytes, of which there are at least so many.
    mutating func drop(_ count: Int) {
        bytes.moveReaderIndex(forwardBy: count)
        if isEmpty { clear() }
    }

    mutating func clear() {
        bytes = ByteBuffer()
        isOwned = false
    }

    /// Prepares for a wait: leaves the buffer that was read into, and the bytes that were taken.
    mutating func settle(_ allocator: ByteBufferAllocator) {
        if isEmpty { return }
        if isOwned {
            // Each byte is moved no more often than it was followed by as many others.
            if bytes.readerIndex >= count { bytes.discardReadBytes() }
            return
        }
        var copy = allocator.buffer(capacity: 2 * count)
        copy.writeImmutableBuffer(bytes)
        bytes = copy
        isOwned = true
    }

    func withUnsafeBytes<Result>(_ read: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeReadableBytes(read)
    }
}
