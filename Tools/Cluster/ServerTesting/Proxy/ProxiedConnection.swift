#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// One connection through a `FaultProxy`: two sockets, and a pipe each way. Belongs to the proxy's thread.
struct ProxiedConnection {
    typealias Instant = ContinuousClock.Instant

    /// The most writes that one connection makes before others have their turn.
    private static let writesPerTurn = 512

    let client: Int32
    /// The client's address.
    let source: UInt32
    let server: Int32
    private var pipes: [FaultProxy.Direction: ProxyPipe]
    /// The connection to the server is not established yet.
    private var isConnecting: Bool
    private(set) var isBroken = false
    /// The directions whose target accepts no more bytes at the moment.
    private var blocked: Set<FaultProxy.Direction> = []

    init(
        client: Int32,
        source: UInt32,
        server: Int32,
        isConnecting: Bool,
        _ policies: [FaultProxy.Direction: TrafficPolicy],
        at now: Instant
    ) {
        self.client = client
        self.source = source
        self.server = server
        self.isConnecting = isConnecting
        pipes = policies.mapValues { ProxyPipe($0, at: now) }
    }

    var isOver: Bool { isBroken || pipes.values.allSatisfy(\.isOver) }
    var hasGap: Bool { pipes.values.contains(where: \.hasGap) }
    var queuedBytes: Int { pipes.values.reduce(0) { $0 + $1.queued } }
    var lostBytes: Int { pipes.values.reduce(0) { $0 + $1.lost } }

    /// Closes both sockets with a reset, as a broken network does.
    func reset() {
        for descriptor in [client, server] {
            LocalSocket.resetOnClose(descriptor)
            close(descriptor)
        }
    }

    /// Closes both sockets in good order.
    func end() {
        close(client)
        close(server)
    }

    mutating func apply(_ policies: [FaultProxy.Direction: TrafficPolicy], at now: Instant) {
        for (direction, policy) in policies { pipes[direction]?.apply(policy, at: now) }
    }

    /// The client's socket and the server's, as `poll` takes them; -1 for one that needs no attention now.
    var watched: [pollfd] {
        [watch(client, from: .toServer, to: .toClient), watch(server, from: .toClient, to: .toServer)]
    }

    private func watch(_ descriptor: Int32, from: FaultProxy.Direction, to: FaultProxy.Direction) -> pollfd {
        var events = 0
        if descriptor == server, isConnecting {
            events = Int(POLLOUT)
        } else {
            if pipes[from]?.wantsBytes == true { events |= Int(POLLIN) }
            if blocked.contains(to) { events |= Int(POLLOUT) }
        }
        return pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
    }

    /// Handles what `poll` found at the two sockets.
    ///
    /// - Parameter jitter: draws a number from 0 to 1, the part of the policy's jitter that bytes get.
    mutating func handle(_ found: ArraySlice<pollfd>, at now: Instant, jitter: () -> Double) {
        for (watch, (from, to)) in zip(
            found,
            [(FaultProxy.Direction.toServer, .toClient), (.toClient, FaultProxy.Direction.toServer)]
        )
        where watch.fd >= 0 && watch.revents != 0 {
            if watch.fd == server, isConnecting {
                guard LocalSocket.pendingError(server) == 0 else {
                    isBroken = true
                    return
                }
                isConnecting = false
                continue
            }
            blocked.remove(to)
            if pipes[from]?.wantsBytes == true { receive(from, at: now, jitter: jitter) }
        }
    }

    private mutating func receive(
        _ direction: FaultProxy.Direction,
        at now: Instant,
        jitter: () -> Double
    ) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(direction == .toServer ? client : server, &bytes, bytes.count, 0)
        if count > 0 {
            pipes[direction]?.arrived(bytes[..<count], at: now, jitter: jitter())
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            pipes[direction]?.sourceEnded()
        }
    }

    /// Passes on the bytes that are due.
    ///
    /// - Returns: when the next bytes are due; nil where only an event can make some due.
    mutating func deliver(at now: Instant) -> Instant? {
        guard !isConnecting else { return nil }
        var wake: Instant?
        for direction in FaultProxy.Direction.allCases where !blocked.contains(direction) {
            guard let next = deliver(direction, at: now) else { continue }
            wake = min(wake ?? next, next)
        }
        return wake
    }

    private mutating func deliver(_ direction: FaultProxy.Direction, at now: Instant) -> Instant? {
        let target = direction == .toServer ? server : client
        for _ in 0..<Self.writesPerTurn {
            switch pipes[direction]?.next(at: now) {
            case nil: return nil
            case .wait(let until): return until
            case .reset:
                isBroken = true
                return nil
            case .finish:
                shutdown(target, Int32(SHUT_WR))
                pipes[direction]?.finished()
            case .write(let bytes):
                let count = bytes.withUnsafeBytes {
                    send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count > 0 {
                    pipes[direction]?.wrote(count, at: now)
                } else if errno == EAGAIN {
                    blocked.insert(direction)
                    return nil
                } else if errno != EINTR {
                    pipes[direction]?.targetBroke()
                }
            }
        }
        return now
    }
}
