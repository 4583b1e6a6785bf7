import Logging
import NIOCore
import NIOPosix
import ServerTesting
import Testing

@testable import RedisClient

extension RedisServerFixture {
    /// How a client reaches the server.
    var configuration: RedisConfiguration { RedisConfiguration(address: .unix(path: socketPath)) }
}

/// Runs a client while `body` runs, and waits for its end.
func withClient<Result: Sendable>(
    _ configuration: RedisConfiguration,
    on eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
    _ body: (RedisClient) async throws -> Result
) async throws -> Result {
    let client = RedisClient(
        configuration: configuration,
        eventLoop: eventLoop,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        jitter: { 0 }
    )
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        let result: Result
        do {
            result = try await body(client)
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}

/// As `withClient`, from the first moment at which the client can send commands.
func withConnectedClient<Result: Sendable>(
    _ configuration: RedisConfiguration,
    on eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
    _ body: (RedisClient) async throws -> Result
) async throws -> Result {
    try await withClient(configuration, on: eventLoop) { client in
        await client.becomes { $0 == .connected }
        return try await body(client)
    }
}

extension RedisClient {
    /// Waits for a state of the connection.
    @discardableResult
    func becomes(_ isMeant: (RedisConnectionState) -> Bool) async -> RedisConnectionState? {
        for await state in states() where isMeant(state) { return state }
        return nil
    }

    /// Waits until there is no connection, for a reason that contains `text`; fails if the client ends
    /// before.
    func isRefused(because text: String, sourceLocation: SourceLocation = #_sourceLocation) async {
        let refused = await becomes { state in
            switch state {
            case .connected: false
            case .disconnected(let reason): reason.contains(text)
            }
        }
        #expect(refused != nil, "the client ended first", sourceLocation: sourceLocation)
    }

    /// The reply to a command, or its error.
    func outcome(_ name: String, _ arguments: [RedisArgument] = []) async -> Result<RedisValue, RedisError> {
        do throws(RedisError) {
            return .success(try await send(name, arguments))
        } catch {
            return .failure(error)
        }
    }

    /// The error of a command, or nil if it succeeded.
    func failure(_ name: String, _ arguments: [RedisArgument] = []) async -> RedisError? {
        switch await outcome(name, arguments) {
        case .success: nil
        case .failure(let error): error
        }
    }
}
