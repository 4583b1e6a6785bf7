#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The socket operations of a proxy. None of them blocks.
extension LocalSocket {
    static func makeNonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// Sets a socket to non-blocking mode without Nagle's algorithm, and closes it in child processes.
    static func configureSocket(_ descriptor: Int32) {
        makeNonBlocking(descriptor)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var yes: Int32 = 1
        // A Unix socket refuses this, and does not need it.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The address 127.0.1.x, as sockets have it.
    static func source(_ host: UInt8) -> UInt32 { (0x7F00_0100 | UInt32(host)).bigEndian }

    /// Accepts a connection: its socket, negative on failure, and the address that it comes from.
    static func accept(_ listener: Int32) -> (descriptor: Int32, source: UInt32) {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { systemAccept(listener, $0, &length) }
        }
        return (descriptor, UInt32(address.sin_addr.s_addr))
    }

    #if canImport(Glibc)
    private static let systemAccept = Glibc.accept
    #else
    private static let systemAccept = Darwin.accept
    #endif

    /// Makes the next `close` send a reset instead of an orderly end.
    static func resetOnClose(_ descriptor: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    /// The `errno` of a failed connection attempt; 0 where it succeeded.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno
    }

    /// Connects a new socket.
    ///
    /// - Returns: the socket, and whether the connection is still being established; nil where it was
    ///   refused.
    static func beginConnecting(_ upstream: FaultProxy.Upstream) -> (descriptor: Int32, isConnecting: Bool)? {
        switch upstream {
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return beginConnecting(AF_UNIX, &address)
        case .tcp(let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            return beginConnecting(AF_INET, &address)
        }
    }

    private static func beginConnecting<Address>(_ family: Int32, _ address: inout Address) -> (Int32, Bool)?
    {
        let descriptor = socket(family, stream, 0)
        guard descriptor >= 0 else { return nil }
        configureSocket(descriptor)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        if status == 0 { return (descriptor, false) }
        if errno == EINPROGRESS { return (descriptor, true) }
        close(descriptor)
        return nil
    }
}
