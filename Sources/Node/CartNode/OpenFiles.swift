#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The files and sockets that the process may have open.
enum OpenFiles {
    /// The descriptors kept for Redis, the link, files and the runtime, besides those of clients' connections.
    static let reserved = 512

    /// Raises the process's limit as far as the system lets it.
    ///
    /// - Returns: the limit now in force; nil if the system does not tell it.
    static func raiseLimit() -> Int? {
        var limit = rlimit()
        guard getrlimit(Self.resource, &limit) == 0 else { return nil }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = raised.rlim_max
            if setrlimit(Self.resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// The limit in force; nil if the system does not tell it.
    static var limit: Int? {
        var limit = rlimit()
        guard getrlimit(Self.resource, &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }

    #if canImport(Darwin)
    private static var resource: Int32 { RLIMIT_NOFILE }
    #else
    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
    #endif

    /// The connections that fit under the limit, of as many as are wanted.
    static func connections(_ wanted: Int, within limit: Int?) -> Int {
        guard let limit else { return wanted }
        return min(wanted, max(1, limit - reserved, limit / 2))
    }
}
