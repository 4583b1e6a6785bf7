internal import Logging
internal import NIOCore
internal import Timing

extension RedisClient {
    /// Connects, and reconnects whenever the connection is lost, until the task is cancelled; then closes the
    /// connection and returns. Runs once.
    ///
    /// - Throws: before the first attempt, when the configured certificates cannot be read.
    package func run() async throws {
        begin()
        defer { finish() }
        let dialer = try Dialer(configuration, eventLoop: eventLoop)
        var backoff = Backoff(
            floor: configuration.backoffMinimum,
            ceiling: configuration.backoffMaximum,
            jitter: .full
        )
        var lastReason: String?
        while !Task.isCancelled {
            let reason = await connect(dialer) {
                backoff.reset()
                lastReason = nil
            }
            if Task.isCancelled { break }
            didDisconnect(reason)
            if reason != lastReason {
                logger.warning("Redis is not connected", metadata: ["reason": "\(reason)"])
            }
            lastReason = reason
            do {
                try await Task.sleep(for: backoff.nextPause(draw: jitter()))
            } catch {
                break
            }
        }
    }

    /// Opens a connection and waits until it ends.
    ///
    /// - Returns: the reason why it ended, or could not be opened.
    private func connect(_ dialer: Dialer, onSuccess: () -> Void) async -> String {
        let connection = RedisConnection(configuration, onMessage: onMessage) { connection, end in
            self.didDisconnect(connection, end)
        }
        let channel: any Channel
        do {
            channel = try await dialer.dial(connection)
        } catch {
            return "\(error)"
        }
        return await withTaskCancellationHandler {
            let refusal: RedisError?
            do throws(RedisError) {
                try await connection.performHandshake(configuration)
                refusal = nil
                onSuccess()
                didConnect(connection)
                logger.info("Redis is connected", metadata: ["server": "\(configuration)"])
            } catch {
                refusal = error
                channel.close(promise: nil)
            }
            await closed(channel)
            return refusal.map { "the handshake failed: \($0)" } ?? connection.end?.reason
                ?? "the connection was closed"
        } onCancel: {
            connection.end(.shutDown)
            channel.close(promise: nil)
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
