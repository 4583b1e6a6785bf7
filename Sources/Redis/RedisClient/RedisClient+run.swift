internal import LogEvents
internal import Logging
internal import NIOCore
internal import Timing

extension RedisClient {
    /// Connects, and reconnects whenever the connection is lost, until the task is cancelled; then closes the
    /// connection and returns. Runs once.
    ///
    /// - Throws: `RedisFileError` before the first attempt, when a configured file cannot be used, and
    ///   `UnsupportedRedisServer` before the first connection. Later, both count as trouble that passes.
    package func run() async throws {
        begin()
        defer { finish() }
        guard ownsWatch, let watch else { return try await keepConnected() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run() }
            defer { group.cancelAll() }
            try await keepConnected()
        }
    }

    private func keepConnected() async throws {
        let dialer = Dialer(configuration, eventLoop: eventLoop)
        // A node of a cluster comes and goes; its trouble ends no process.
        if node == nil { _ = try dialer.server() }
        var backoff = Backoff(
            floor: configuration.backoffMinimum,
            ceiling: configuration.backoffMaximum,
            jitter: .full
        )
        var wasConnected = false
        var lastReason: String?
        // Whoever reported the loss reports its end.
        var hasReported = false
        while !Task.isCancelled {
            let primary = await locate()
            if Task.isCancelled { break }
            let end = await connect(dialer, at: primary) {
                backoff.reset()
                lastReason = nil
                reportConnection(to: $0, isFirst: !wasConnected, endsReport: hasReported)
                hasReported = false
                wasConnected = true
            }
            if Task.isCancelled || isRetired { break }
            watch?.look()
            switch end {
            case .unreachable, .refused: didNotConnect()
            case .closed: break
            }
            didDisconnect(end.reason)
            if case .refused(.unsupported(let server)) = end, !wasConnected, node == nil { throw server }
            if end.reason != lastReason {
                let isLogged = logger.event(
                    .redisDisconnected,
                    limitedBy: logThrottle,
                    key: end.reason,
                    ["reason": "\(end.reason)"]
                )
                if isLogged { hasReported = true }
            }
            lastReason = end.reason
            do {
                try await pause(for: backoff.nextPause(draw: jitter()), at: primary)
            } catch {
                break
            }
        }
    }

    /// The address of the node of a cluster, or of the primary that the sentinels name; for the first time after they
    /// have had half the time of an attempt to connect. Nil if they name none, or for a server at an address.
    private func locate() async -> ServerAddress? {
        if let node { return node.address }
        guard let watch else { return nil }
        if let primary = watch.primary { return primary }
        let patience = configuration.connectTimeout / 2
        return await withTaskGroup(of: ServerAddress?.self) { group in
            group.addTask {
                for await present in watch.primaries() {
                    if let present { return present }
                }
                return nil
            }
            group.addTask {
                do {
                    try await Task.sleep(for: patience)
                } catch {
                    // The other task has answered, or the client ends.
                }
                return nil
            }
            defer { group.cancelAll() }
            return await group.next().flatMap(\.self)
        }
    }

    /// Waits before the next attempt: for a while, or until the sentinels name another server than the last one.
    private func pause(for time: Duration, at primary: ServerAddress?) async throws {
        guard let watch else { return try await Task.sleep(for: time) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Task.sleep(for: time) }
            group.addTask {
                for await present in watch.primaries() where present != primary { return }
                try await Task.sleep(for: time)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Logs a connection: one line for the first ones of all clients, and one at the end of each loss that was
    /// logged.
    private func reportConnection(to server: RedisConfiguration, isFirst: Bool, endsReport: Bool) {
        let details: Logger.Metadata = ["server": "\(server)"]
        if endsReport {
            logger.event(.redisConnected, details)
        } else if isFirst {
            logger.event(.redisConnected, limitedBy: logThrottle, details)
        }
    }

    /// The end of an attempt to connect, or of the connection.
    private enum AttemptEnd {
        case unreachable(String)
        case refused(HandshakeFailure)
        case closed(String)

        var reason: String {
            switch self {
            case .unreachable(let reason), .closed(let reason): reason
            case .refused(let failure): "the handshake failed: \(failure)"
            }
        }
    }

    /// Opens a connection and waits until it ends.
    ///
    /// - Parameter primary: the address that the sentinels name; nil for a server at an address.
    private func connect(
        _ dialer: Dialer,
        at primary: ServerAddress?,
        onSuccess: (RedisConfiguration) -> Void
    ) async -> AttemptEnd {
        let server: Dialer.Server
        let connection: NIOLoopBound<RedisConnection>
        let channel: any Channel
        do {
            server = try dialer.server(
                at: primary,
                certified: node?.hostname,
                problem: watch?.problem ?? "there is no watch"
            )
            (channel, connection) = try await dialer.dial(server) { RedisConnection(of: self) }
        } catch {
            let target = node.flatMap { node in primary.map { "at \(node.role) \($0)" } }
            let place = target ?? watch?.announcement
            return .unreachable(place.map { "\($0): \(error)" } ?? "\(error)")
        }
        return await withTaskGroup(of: Void.self) { group in
            if let watch, let primary {
                group.addTask {
                    await self.leave(channel, connection, whenMovedFrom: primary, toldBy: watch)
                }
            }
            defer { group.cancelAll() }
            return await use(channel, connection, of: server.configuration, onSuccess: onSuccess)
        }
    }

    /// Closes the connection once the sentinels name another server: whatever this one still answers, a replica has
    /// been promoted in its place.
    private func leave(
        _ channel: any Channel,
        _ connection: NIOLoopBound<RedisConnection>,
        whenMovedFrom primary: ServerAddress,
        toldBy watch: SentinelWatch
    ) async {
        for await present in watch.primaries() {
            guard let present, present != primary else { continue }
            await onLoop {
                connection.value.end(.lost("the sentinels name another primary: \(present)"))
                channel.close(promise: nil)
            }
            return
        }
    }

    /// Prepares a connection, and waits until it ends.
    private func use(
        _ channel: any Channel,
        _ connection: NIOLoopBound<RedisConnection>,
        of server: RedisConfiguration,
        onSuccess: (RedisConfiguration) -> Void
    ) async -> AttemptEnd {
        await withTaskCancellationHandler {
            let refusal: HandshakeFailure?
            do throws(HandshakeFailure) {
                try await Handshake(connection).perform(server)
                refusal = nil
                await onLoop { self.didConnect(connection.value) }
                onSuccess(server)
            } catch {
                refusal = error
                channel.close(promise: nil)
            }
            await closed(channel)
            if let refusal { return .refused(refusal) }
            return .closed(await onLoop { connection.value.end }?.reason ?? "the connection was closed")
        } onCancel: {
            eventLoop.execute { connection.value.end(.shutDown) }
            channel.close(promise: nil)
        }
    }

    private func onLoop<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            eventLoop.execute { continuation.resume(returning: body()) }
        }
    }

    private func closed(_ channel: any Channel) async {
        do {
            try await channel.closeFuture.get()
        } catch {
            // The channel is closed all the same.
        }
    }
}
