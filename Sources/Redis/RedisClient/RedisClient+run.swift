internal import Logging
internal import NIOCore

extension RedisClient {
    /// Connects, and connects again whenever the connection is lost, until the task is cancelled; then closes the connection
    /// and returns. Throws, before the first attempt, when the configured certificates cannot be read. Runs once.
    package func run() async throws {
        begin()
        defer { finish() }
        let dialer = try Dialer(configuration, eventLoop: eventLoop)
        var backoff = ReconnectBackoff(
            minimum: configuration.backoffMinimum,
            maximum: configuration.backoffMaximum
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
                try await Task.sleep(for: backoff.next(jitter: jitter()))
            } catch {
                break
            }
        }
    }

    /// Makes one connection and keeps it as long as it stands. Answers why it no longer does.
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
            // It is closed: that is all we wanted.
        }
    }
}
