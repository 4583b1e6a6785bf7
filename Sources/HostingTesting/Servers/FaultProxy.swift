internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A network of a test's own between a client and a server on a Unix socket: it passes bytes on, holds them back, or loses
/// them, each way by itself.
package final class FaultProxy: Sendable {
    /// The way that bytes go.
    package enum Way: Sendable, CaseIterable {
        case toServer, toClient
    }

    /// What becomes of bytes.
    package enum Passage: Sendable {
        case open
        /// They wait, however long, and are passed on when the way is open again, even if their sender has left.
        case held
        /// They vanish, and nobody is told.
        case lost
    }

    private struct Orders {
        var passages: [Way: Passage] = [.toServer: .open, .toClient: .open]
        /// Close the connections on which bytes were lost, or all of them.
        var (reset, sever) = (false, false)
        var end = false
    }

    /// Where clients connect, on 127.0.0.1.
    package let port: Int
    private let upstream: String
    private let listener: Int32
    private let bell: (ear: Int32, hammer: Int32)
    private let orders = Mutex(Orders())

    private init(upstream: String) throws {
        port = try FreePort.find()
        guard let listener = LocalSocket.listen(port) else {
            throw RedisServerFixture.Failure(description: "nobody can listen on \(port): errno \(errno)")
        }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            close(listener)
            throw RedisServerFixture.Failure(description: "no pipe: errno \(errno)")
        }
        self.listener = listener
        self.upstream = upstream
        bell = (ends[0], ends[1])
    }

    /// Runs `body` with a proxy before the server at the Unix socket `upstream`; everything passes at first.
    package static func with<Value>(
        upstream: String,
        _ body: (FaultProxy) async throws -> Value
    ) async throws -> Value {
        let proxy = try FaultProxy(upstream: upstream)
        let (ended, end) = AsyncStream<Never>.makeStream()
        Thread.detachNewThread {
            proxy.serve()
            end.finish()
        }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(proxy))
        } catch {
            result = .failure(error)
        }
        proxy.order { $0.end = true }
        for await _ in ended {}
        for descriptor in [proxy.listener, proxy.bell.ear, proxy.bell.hammer] { close(descriptor) }
        return try result.get()
    }

    /// From now on bytes of these ways fare so.
    package func set(_ passage: Passage, _ ways: Way...) {
        order { orders in
            for way in ways { orders.passages[way] = passage }
        }
    }

    /// Everything passes again. Connections that lost bytes are closed, as a stream with a gap is none.
    package func heal() {
        order {
            for way in Way.allCases { $0.passages[way] = .open }
            $0.reset = true
        }
    }

    /// Closes every connection. New ones may be made.
    package func sever() {
        order { $0.sever = true }
    }

    private func order(_ change: (inout Orders) -> Void) {
        orders.withLock { change(&$0) }
        var stroke: UInt8 = 1
        _ = write(bell.hammer, &stroke, 1)
    }

    // MARK: The thread

    private func serve() {
        var lines: [Line] = []
        while true {
            let now = orders.withLock { orders in
                defer { (orders.reset, orders.sever) = (false, false) }
                return orders
            }
            lines.removeAll { $0.hang(up: now.end || now.sever || (now.reset && $0.hasGap) || $0.isOver) }
            if now.end { return }
            let isOpen = Way.allCases.map { now.passages[$0] != .held }
            var watched = [bell.ear, listener].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            for line in lines {
                for (index, way) in Way.allCases.enumerated() {
                    let descriptor = isOpen[index] && !line.ended.contains(way) ? line.source(way) : -1
                    watched.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
                }
            }
            guard poll(&watched, nfds_t(watched.count), -1) > 0 else { continue }
            for index in lines.indices {
                for (offset, way) in Way.allCases.enumerated()
                where watched[2 + 2 * index + offset].revents != 0 {
                    lines[index].carry(way, loses: now.passages[way] == .lost)
                }
            }
            if watched[0].revents != 0 {
                var strokes = [UInt8](repeating: 0, count: 64)
                _ = read(bell.ear, &strokes, strokes.count)
            }
            if watched[1].revents != 0, let line = answer() { lines.append(line) }
        }
    }

    private func answer() -> Line? {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return nil }
        guard let server = LocalSocket.connected(path: upstream) else {
            close(client)
            return nil
        }
        return Line(client: client, server: server)
    }
}

/// One connection, with its two ends.
private struct Line {
    let client: Int32
    let server: Int32
    /// The ways on which nothing comes any more.
    var ended: Set<FaultProxy.Way> = []
    var hasGap = false
    var isBroken = false

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    var isOver: Bool { isBroken || ended.count == 2 }

    func source(_ way: FaultProxy.Way) -> Int32 { way == .toServer ? client : server }
    private func target(_ way: FaultProxy.Way) -> Int32 { way == .toServer ? server : client }

    /// Closes both ends if told so, and says whether it was.
    func hang(up isTold: Bool) -> Bool {
        guard isTold else { return false }
        close(client)
        close(server)
        return true
    }

    mutating func carry(_ way: FaultProxy.Way, loses: Bool) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(source(way), &bytes, bytes.count, 0)
        if count <= 0 { ended.insert(way) }
        guard !loses else {
            hasGap = true
            return
        }
        if count <= 0 { shutdown(target(way), Int32(SHUT_WR)) }
        var sent = 0
        while sent < count {
            let step = bytes[sent..<count].withUnsafeBytes {
                send(target(way), $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard step > 0 else {
                isBroken = true
                return
            }
            sent += step
        }
    }
}
