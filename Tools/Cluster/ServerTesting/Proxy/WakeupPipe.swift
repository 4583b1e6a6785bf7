#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Wakes a thread that waits in `poll`.
struct WakeupPipe: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw RedisServerFixture.Failure(description: "no pipe: errno \(errno)")
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
        for end in ends { LocalSocket.makeNonBlocking(end) }
    }

    func signal() {
        // A pipe that is full has woken the thread already.
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    func drain() {
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(readEnd, &bytes, bytes.count) == bytes.count {}
    }

    func close() {
        systemClose(readEnd)
        systemClose(writeEnd)
    }
}

/// `close(2)`, which the wakeup's own hides.
private func systemClose(_ descriptor: Int32) {
    close(descriptor)
}
