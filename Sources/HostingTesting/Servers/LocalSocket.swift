#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Just enough of sockets to know whether a server on this machine answers.
enum LocalSocket {
    #if canImport(Glibc)
    private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
    private static let stream = SOCK_STREAM
    #endif

    /// Whether a Redis server answers a `PING` at a Unix socket.
    static func answersPing(path: String) -> Bool {
        exchange("PING\r\n", replyLength: 5, path: path) == Array("+PONG".utf8)
    }

    /// Tells a Redis server at a Unix socket to end in good order.
    static func shutDown(path: String) {
        // It ends instead of answering.
        _ = exchange("SHUTDOWN\r\n", replyLength: 1, path: path)
    }

    /// Sends a line and answers the first bytes that come back, or nil.
    private static func exchange(_ line: String, replyLength: Int, path: String) -> [UInt8]? {
        let descriptor = socket(AF_UNIX, stream, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected, send(descriptor, line, line.utf8.count, 0) == line.utf8.count else { return nil }
        var reply = [UInt8](repeating: 0, count: replyLength)
        return recv(descriptor, &reply, replyLength, 0) == replyLength ? reply : nil
    }

    /// A port of 127.0.0.1 that nobody listens on.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, stream, 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard descriptor >= 0, isBound else {
            throw RedisServerFixture.Failure(description: "no free port: errno \(errno)")
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
