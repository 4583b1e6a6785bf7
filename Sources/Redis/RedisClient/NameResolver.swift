internal import Dispatch
internal import NIOCore
internal import NIOPosix
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// There is no host of a name, or nobody said in time.
struct UnknownHost: Error, Equatable, CustomStringConvertible {
    var host: String
    /// As the system says it.
    var reason: String

    var description: String { "\(host): \(reason)" }
}

/// Looks names up, each on a thread of its own, and several times at once only once.
///
/// NIO's own resolver has one queue an event loop. There, a name that no name server answers for, such as that of a
/// machine that died together with it, keeps all others waiting for as long as the system asks: 20 s and more. The name
/// of the server that was promoted in its place is one of those.
final class NameLookups: Sendable {
    /// Addresses with port 0.
    typealias Outcome = Result<[SocketAddress], UnknownHost>

    /// By the system: its files, then DNS.
    static let system = NameLookups(systemAddresses)

    private let lookUp: @Sendable (String) -> Outcome
    /// Who waits, by the names under way: as many as the configuration and the sentinels name.
    private let waiting = Mutex<[String: [@Sendable (Outcome) -> Void]]>([:])

    /// - Parameter lookUp: looks up a name, and may block.
    init(_ lookUp: @escaping @Sendable (String) -> Outcome) { self.lookUp = lookUp }

    /// - Parameter receive: called once, on any thread.
    func find(_ host: String, receive: @escaping @Sendable (Outcome) -> Void) {
        let isFirst = waiting.withLock { waiting in
            waiting[host, default: []].append(receive)
            return waiting[host]?.count == 1
        }
        guard isFirst else { return }
        // The threads of global queues are few, and others need them.
        DispatchQueue(label: "lookup").async {
            let outcome = self.lookUp(host)
            for receive in self.waiting.withLock({ $0.removeValue(forKey: host) }) ?? [] { receive(outcome) }
        }
    }

    @Sendable private static func systemAddresses(of host: String) -> Outcome {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &first)
        guard status == 0 else {
            let reason = gai_strerror(status).map { String(cString: $0) } ?? "unknown"
            return .failure(UnknownHost(host: host, reason: reason))
        }
        defer { freeaddrinfo(first) }
        var addresses: [SocketAddress] = []
        var next = first
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let bytes = UnsafeRawPointer(entry.ai_addr) else { continue }
            switch entry.ai_family {
            case AF_INET: addresses.append(SocketAddress(bytes.load(as: sockaddr_in.self), host: host))
            case AF_INET6: addresses.append(SocketAddress(bytes.load(as: sockaddr_in6.self), host: host))
            default: continue
            }
        }
        return .success(addresses)
    }
}

/// Looks up the name of a server for NIO.
struct NameResolver: Resolver, Sendable {
    let eventLoop: any EventLoop
    var lookups = NameLookups.system

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        addresses(of: host, port: port) { $0.protocol == .inet }
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        addresses(of: host, port: port) { $0.protocol == .inet6 }
    }

    /// The system cannot be interrupted.
    func cancelQueries() {}

    private func addresses(
        of host: String,
        port: Int,
        where isMeant: @escaping @Sendable (SocketAddress) -> Bool
    ) -> EventLoopFuture<[SocketAddress]> {
        let promise = eventLoop.makePromise(of: [SocketAddress].self)
        lookups.find(host) { outcome in
            switch outcome {
            case .failure(let error): promise.fail(error)
            case .success(let addresses):
                let meant = addresses.filter(isMeant).map { address in
                    var address = address
                    address.port = port
                    return address
                }
                promise.succeed(meant)
            }
        }
        return promise.futureResult
    }
}
