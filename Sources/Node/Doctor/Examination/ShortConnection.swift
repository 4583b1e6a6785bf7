internal import Logging
internal import NIOCore
internal import RedisClient

/// A connection to Redis for the time of a body: the doctor's own, so that it delays nobody.
enum ShortConnection {
    /// Connects, runs the body, and disconnects.
    ///
    /// - Throws: the reason why there was no connection within the time of one attempt to connect.
    static func with<Value: Sendable>(
        _ configuration: RedisConfiguration,
        on eventLoop: any EventLoop,
        _ body: @Sendable (RedisClient) async -> Value
    ) async throws(Unreachability) -> Value {
        let client = RedisClient(
            configuration: configuration,
            eventLoop: eventLoop,
            logger: Logger(label: "doctor", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let outcome = await withTaskGroup(of: Unreachability?.self) { group in
            group.addTask { await run(client) }
            defer { group.cancelAll() }
            if await connected(client, within: configuration.connectTimeout) {
                return Result<Value, Unreachability>.success(await body(client))
            }
            guard let reason = client.disconnectReason, reason != shutDown else {
                // The client has ended, and says why.
                let cause = await group.next().flatMap(\.self)
                return .failure(cause ?? Unreachability(.silence, reason: shutDown))
            }
            let discovery = client.watch?.discovery
            return .failure(
                Unreachability(
                    reason: reason,
                    asksSentinels: discovery.map { !$0.isCertain } ?? false,
                    announcement: discovery?.announcement
                )
            )
        }
        return try outcome.get()
    }

    private static let shutDown = "the client was shut down"

    /// Runs the client; answers the error that ended it, if one did.
    private static func run(_ client: RedisClient) async -> Unreachability? {
        do {
            try await client.run()
            return nil
        } catch let server as UnsupportedRedisServer {
            return Unreachability(.unsupported, reason: "\(server)")
        } catch let file as RedisFileError {
            return Unreachability(.file, reason: "\(file)")
        } catch {
            return Unreachability(.silence, reason: "\(error)")
        }
    }

    private static func connected(_ client: RedisClient, within patience: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await state in client.states() where state == .connected { return true }
                return false
            }
            group.addTask {
                do {
                    try await ContinuousClock().sleep(for: patience)
                } catch {
                    // The other task has answered, or the examination was cancelled.
                }
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}
