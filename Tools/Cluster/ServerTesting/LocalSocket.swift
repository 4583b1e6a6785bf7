internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Blocking sockets to servers on this machine.
enum LocalSocket {
    #if canImport(Glibc)
    static let stream = Int32(SOCK_STREAM.rawValue)
    #else
    static let stream = SOCK_STREAM
    #endif

    /// True if a Redis server at a Unix socket is ready, also where it first asks who we are.
    static func answers(path: String) -> Bool {
        let reply = command(["PING"], path: path)
        return ["+PONG", "-NOAUTH ", "-NOPERM "].contains { reply.hasPrefix($0) }
    }

    /// Tells a Redis server at a Unix socket to shut down.
    static func shutDown(path: String) {
        // It ends instead of answering.
        _ = command(["SHUTDOWN"], path: path)
    }

    /// Sends a line, and waits up to 1 s for the first bytes of the reply; nil where none came.
    private static func exchange(_ line: String, atMost length: Int, path: String) -> [UInt8]? {
        guard let descriptor = connected(path: path) else { return nil }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard send(descriptor, line, line.utf8.count, 0) == line.utf8.count else { return nil }
        var reply = [UInt8](repeating: 0, count: length)
        let count = recv(descriptor, &reply, length, 0)
        return count > 0 ? Array(reply.prefix(count)) : nil
    }

    /// Sends a command of plain words to a Redis server at a Unix socket.
    ///
    /// - Returns: the beginning of the reply, at most 64 KiB; empty where there was none.
    static func command(_ words: [String], path: String) -> String {
        let reply = exchange(words.joined(separator: " ") + "\r\n", atMost: 65_536, path: path)
        return String(decoding: reply ?? [], as: UTF8.self)
    }
}

/// Ports for servers of tests.
package enum FreePort {
    /// Below the ephemeral ports: a client that tries to connect to an ephemeral port on which nobody listens
    /// can be assigned that same port, and connect to itself.
    private static let range = 15_000..<32_000

    /// The ports that this process has handed out, on which nobody may listen yet.
    private static let given = Mutex<Set<Int>>([])

    /// A port of 127.0.0.1 on which nobody listens, and which this process has not handed out before.
    package static func find() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: range)
            if isFree(port), given.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw RedisServerFixture.Failure(description: "no free port: errno \(errno)")
    }

    private static func isFree(_ port: Int) -> Bool {
        guard let descriptor = LocalSocket.listen(port) else { return false }
        close(descriptor)
        return true
    }
}

extension LocalSocket {
    /// A socket that listens on a port of 127.0.0.1; nil on failure, with the reason in `errno`.
    static func listen(_ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { return nil }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isListening = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isListening, Self.systemListen(descriptor, 128) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    #if canImport(Glibc)
    private static let systemListen = Glibc.listen
    #else
    private static let systemListen = Darwin.listen
    #endif

    /// A socket connected to a Unix socket; nil on failure.
    static func connected(path: String) -> Int32? {
        let descriptor = socket(AF_UNIX, stream, 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            close(descriptor)
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
