#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Wakes a thread that waits for sockets.
struct ProxyBell: Sendable {
    let ear: Int32
    private let hammer: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw RedisServerFixture.Failure(description: "no pipe: errno \(errno)")
        }
        (ear, hammer) = (ends[0], ends[1])
        for end in ends { LocalSocket.makeNonBlocking(end) }
    }

    func strike() {
        // A pipe that is full has woken the thread already.
        var stroke: UInt8 = 1
        _ = write(hammer, &stroke, 1)
    }

    func hear() {
        var strokes = [UInt8](repeating: 0, count: 256)
        while read(ear, &strokes, strokes.count) == strokes.count {}
    }

    func close() {
        systemClose(ear)
        systemClose(hammer)
    }
}

/// `close(2)`, which the bell's own hides.
private func systemClose(_ descriptor: Int32) {
    close(descriptor)
}
