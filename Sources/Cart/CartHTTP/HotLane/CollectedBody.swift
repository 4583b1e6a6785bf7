import NIOCore

// On the hot path, guarded by ADD of `Benchmarks/measure`.

/// The part of a request's body that has arrived.
struct CollectedBody {
    private(set) var bytes = ByteBuffer()
    /// False while the bytes lie in the buffer that was read into, which is longer.
    private var isOwned = false

    mutating func append(_ part: ByteBuffer) {
        if bytes.readableBytes == 0 {
            bytes = part
            isOwned = false
        } else {
            bytes.writeImmutableBuffer(part)
        }
    }

    /// Leaves the buffer that was read into, as the rest of the body may take long to come.
    mutating func moveToOwnBuffer(_ allocator: ByteBufferAllocator) {
        guard !isOwned else { return }
        var copy = allocator.buffer(capacity: 2 * bytes.readableBytes)
        copy.writeImmutableBuffer(bytes)
        bytes = copy
        isOwned = true
    }

    mutating func clear() {
        self = CollectedBody()
    }
}
