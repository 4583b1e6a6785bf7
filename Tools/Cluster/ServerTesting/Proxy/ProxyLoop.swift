internal import SeededRandom

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The event loop of a `FaultProxy`, on a thread of its own: waits for sockets, instructions and due times,
/// and moves bytes.
struct ProxyLoop {
    private let proxy: FaultProxy
    /// The socket that clients connect to; nil while they are refused.
    private var listener: Int32?
    private var random: SplitMix64
    private var connections: [ProxiedConnection] = []

    init(proxy: FaultProxy, listener: Int32, seed: UInt64) {
        self.proxy = proxy
        self.listener = listener
        random = SplitMix64(seed: seed)
    }

    mutating func run() {
        while true {
            let instructions = proxy.takeInstructions()
            let now = ContinuousClock.now
            apply(instructions, at: now)
            if instructions.end { return }
            var wake: ContinuousClock.Instant?
            for index in connections.indices {
                guard let next = connections[index].deliver(at: now) else { continue }
                wake = min(wake ?? next, next)
            }
            closeFinished()
            // The port may be taken when we listen again: try again soon.
            let soon = listener == nil && !instructions.refuses ? now + .milliseconds(20) : nil
            wait(until: [wake, soon].compactMap(\.self).min(), instructions)
        }
    }

    private mutating func apply(_ instructions: FaultProxy.Instructions, at now: ContinuousClock.Instant) {
        connections.removeAll { connection in
            guard instructions.end || instructions.sever || (instructions.reset && connection.hasGap) else {
                return false
            }
            connection.reset()
            return true
        }
        if instructions.refuses || instructions.end, let socket = listener {
            close(socket)
            listener = nil
        } else if !instructions.refuses, listener == nil {
            listener = LocalSocket.listen(proxy.port)
        }
        for index in connections.indices {
            let policies = instructions.policies(ofSource: connections[index].source)
            connections[index].apply(policies, at: now)
        }
    }

    /// Closes connections that have ended, and publishes the census.
    private mutating func closeFinished() {
        connections.removeAll { connection in
            guard connection.isOver else { return false }
            if connection.isBroken { connection.reset() } else { connection.end() }
            return true
        }
        proxy.note(
            FaultProxy.Census(
                connections: connections.count,
                queuedBytes: connections.reduce(0) { $0 + $1.queuedBytes },
                lostBytes: connections.reduce(0) { $0 + $1.lostBytes }
            )
        )
    }

    private mutating func wait(
        until wake: ContinuousClock.Instant?,
        _ instructions: FaultProxy.Instructions
    ) {
        var watched = [proxy.wakeup.readEnd, listener ?? -1].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        for connection in connections { watched += connection.watched }
        guard poll(&watched, nfds_t(watched.count), pollTimeout(until: wake)) > 0 else { return }
        let now = ContinuousClock.now
        for index in connections.indices {
            let own = watched[(2 + 2 * index)..<(4 + 2 * index)]
            connections[index].handle(own, at: now) { random.unit() }
        }
        if watched[0].revents != 0 { proxy.wakeup.drain() }
        if watched[1].revents != 0, let listener { acceptConnection(listener, instructions, at: now) }
    }

    /// The timeout for `poll` in milliseconds, rounded up; -1 for none.
    private func pollTimeout(until wake: ContinuousClock.Instant?) -> Int32 {
        guard let wake else { return -1 }
        let left = max(.zero, wake - ContinuousClock.now)
        return Int32(clamping: Int64((left / Duration.milliseconds(1)).rounded(.up)))
    }

    private mutating func acceptConnection(
        _ listener: Int32,
        _ instructions: FaultProxy.Instructions,
        at now: ContinuousClock.Instant
    ) {
        let (client, source) = LocalSocket.accept(listener)
        guard client >= 0 else { return }
        LocalSocket.configureSocket(client)
        guard let (server, isConnecting) = LocalSocket.beginConnecting(proxy.upstream) else {
            LocalSocket.resetOnClose(client)
            close(client)
            return
        }
        connections.append(
            ProxiedConnection(
                client: client,
                source: source,
                server: server,
                isConnecting: isConnecting,
                instructions.policies(ofSource: source),
                at: now
            )
        )
    }
}
