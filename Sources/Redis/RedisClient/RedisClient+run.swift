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
        let dialer = Dialer(configuration, eventLoop: eventLoop)
        _ = try dialer.server()
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
            let end = await connect(dialer) {
                backoff.reset()
                lastReason = nil
                reportConnection(to: $0, isFirst: !wasConnected, endsReport: hasReported)
                hasReported = false
                wasConnected = true
            }
            if Task.isCancelled { break }
            switch end {
            case .unreachable, .refused: didNotConnect()
            case .closed: break
            }
            didDisconnect(end.reason)
            if case .refused(.unsupported(let server)) = end, !wasConnected { throw server }
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
                try await Task.sleep(for: backoff.nextPause(draw: jitter()))
            } catch {
                break
            }
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
    private func connect(_ dialer: Dialer, onSuccess: (RedisConfiguration) -> Void) async -> AttemptEnd {
        let server: Dialer.Server
        let connection: NIOLoopBound<RedisConnection>
        let channel: any Channel
        do {
            server = try dialer.server()
            (channel, connection) = try await dialer.dial(server) { RedisConnection(of: self) }
        } catch {
            return .unreachable("\(error)")
        }
        return await withTaskCancellationHandler {
            let refusal: HandshakeFailure?
            do throws(HandshakeFailure) {
                try await Handshake(connection).perform(server.configuration)
                refusal = nil
                await onLoop { self.didConnect(connection.value) }
                onSuccess(server.configuration)
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
