#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// One connection through a `FaultProxy`: two sockets, and a pipe each way. Belongs to the proxy's thread.
struct ProxiedConnection {
    typealias Instant = ContinuousClock.Instant

    /// How many writes one connection may make before others have their turn.
    private static let writesPerTurn = 512

    let client: Int32
    let server: Int32
    private var pipes: [FaultProxy.Direction: ProxyPipe]
    /// Whether the server has not accepted yet.
    private var isConnecting: Bool
    private(set) var isBroken = false
    /// The ways whose target takes nothing at the moment.
    private var clogged: Set<FaultProxy.Direction> = []

    init(
        client: Int32,
        server: Int32,
        isConnecting: Bool,
        _ policies: [FaultProxy.Direction: TrafficPolicy],
        at now: Instant
    ) {
        self.client = client
        self.server = server
        self.isConnecting = isConnecting
        pipes = policies.mapValues { ProxyPipe($0, at: now) }
    }

    var isOver: Bool { isBroken || pipes.values.allSatisfy(\.isOver) }
    var hasGap: Bool { pipes.values.contains(where: \.hasGap) }
    var queuedBytes: Int { pipes.values.reduce(0) { $0 + $1.queued } }
    var lostBytes: Int { pipes.values.reduce(0) { $0 + $1.lost } }

    /// Ends it as a network would that has had enough: with a reset.
    func reset() {
        for descriptor in [client, server] {
            LocalSocket.resetOnClose(descriptor)
            close(descriptor)
        }
    }

    func end() {
        close(client)
        close(server)
    }

    mutating func apply(_ policies: [FaultProxy.Direction: TrafficPolicy], at now: Instant) {
        for (direction, policy) in policies { pipes[direction]?.apply(policy, at: now) }
    }

    /// What is to be watched: the client's socket and the server's; -1 where nothing is.
    var watched: [pollfd] {
        [watch(client, from: .toServer, to: .toClient), watch(server, from: .toClient, to: .toServer)]
    }

    private func watch(_ descriptor: Int32, from: FaultProxy.Direction, to: FaultProxy.Direction) -> pollfd {
        var events = 0
        if descriptor == server, isConnecting {
            events = Int(POLLOUT)
        } else {
            if pipes[from]?.wantsBytes == true { events |= Int(POLLIN) }
            if clogged.contains(to) { events |= Int(POLLOUT) }
        }
        return pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
    }

    /// Takes in what has happened at the two sockets.
    mutating func happened(_ found: ArraySlice<pollfd>, at now: Instant, luck: () -> Double) {
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
            clogged.remove(to)
            if pipes[from]?.wantsBytes == true { take(from, at: now, luck: luck) }
        }
    }

    private mutating func take(_ direction: FaultProxy.Direction, at now: Instant, luck: () -> Double) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(direction == .toServer ? client : server, &bytes, bytes.count, 0)
        if count > 0 {
            pipes[direction]?.arrived(bytes[..<count], at: now, luck: luck())
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            pipes[direction]?.sourceEnded()
        }
    }

    /// Passes on what is due; returns when something will be, if time alone decides that.
    mutating func deliver(at now: Instant) -> Instant? {
        guard !isConnecting else { return nil }
        var wake: Instant?
        for direction in FaultProxy.Direction.allCases where !clogged.contains(direction) {
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
                    clogged.insert(direction)
                    return nil
                } else if errno != EINTR {
                    pipes[direction]?.targetBroke()
                }
            }
        }
        return now
    }
}
