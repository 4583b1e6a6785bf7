package import Logging
package import NIOCore
internal import Synchronization

/// A client of one Redis server over one connection that is made anew whenever it is lost.
///
/// Calls made at the same time share writes and are answered in the order in which they were made. While there is no
/// connection a call fails at once with `notConnected`, also before the first: who wants to wait watches `states()`.
package final class RedisClient: Sendable {
    private struct LockedState {
        var connection: RedisConnection?
        var state = Broadcast<RedisConnectionState>(.disconnected(reason: "not connected yet"))
        var phase = Phase.idle
    }

    private enum Phase {
        /// `run` was not called. Can become `running`.
        case idle
        /// Can become `over`.
        case running
        /// `run` returned. Terminal.
        case over
    }

    /// The server, and the limits.
    package let configuration: RedisConfiguration
    let eventLoop: any EventLoop
    let logger: Logger
    let jitter: @Sendable () -> Double
    let onMessage: MessageHandler?
    private let locked = Mutex(LockedState())

    /// Is told what is published, on the thread of the connection, in the order in which it came.
    package typealias MessageHandler = @Sendable (RedisMessage) -> Void

    /// A client that is not connected until `run` is called.
    ///
    /// - Parameters:
    ///   - eventLoop: the thread that carries the bytes; callers may be anywhere, also on it.
    ///   - jitter: draws evenly from 0…1, to spread attempts to connect.
    ///   - onMessage: makes it a client for `SUBSCRIBE`, `UNSUBSCRIBE` and `PING` of one argument each. Subscriptions end with
    ///     the connection.
    package init(
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        logger: Logger,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        onMessage: MessageHandler? = nil
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
        self.jitter = jitter
        self.onMessage = onMessage
    }

    /// Whether a command would be sent now.
    package var isConnected: Bool { connection.map { $0.end == nil } ?? false }

    /// What the connection is and becomes: first its present state, then every change. Keeps only the newest for who is slow.
    /// Ends when the client is shut down.
    package func states() -> AsyncStream<RedisConnectionState> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: RedisConnectionState.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        if let number = locked.withLock({ $0.state.add(continuation) }) {
            continuation.onTermination = { [weak self] _ in self?.locked.withLock { $0.state.remove(number) }
            }
        }
        return stream
    }

    /// Asks Redis, and waits for its reply. An error as the reply is thrown as `server`.
    package func send(
        _ name: String,
        _ arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisValue {
        try await current.send(RedisCommand(name: name, arguments: arguments))
    }

    /// The connection to send on.
    var current: RedisConnection {
        get throws(RedisError) {
            let (connection, state, phase) = locked.withLock { ($0.connection, $0.state.value, $0.phase) }
            if let connection { return connection }
            switch (phase, state) {
            case (.over, _): throw .shutDown
            case (.idle, .connected), (.running, .connected): throw .notConnected(reason: "not connected")
            case (.idle, .disconnected(let reason)), (.running, .disconnected(let reason)):
                throw .notConnected(reason: reason)
            }
        }
    }

    private var connection: RedisConnection? { locked.withLock { $0.connection } }
}

/// What `run` tells.
extension RedisClient {
    func begin() {
        locked.withLock { locked in
            switch locked.phase {
            case .idle: locked.phase = .running
            case .running, .over: preconditionFailure("a RedisClient runs once")
            }
        }
    }

    /// From now on commands leave on this connection.
    func didConnect(_ connection: RedisConnection) {
        locked.withLock { locked in
            locked.connection = connection
            locked.state.tell(.connected)
        }
        // It may have ended before it was published.
        if let end = connection.end { didDisconnect(connection, end) }
    }

    /// An attempt to connect failed for this reason.
    func didDisconnect(_ reason: String) {
        locked.withLock { locked in
            locked.connection = nil
            locked.state.tell(.disconnected(reason: reason))
        }
    }

    /// A connection is over. Changes nothing if commands did not leave on it.
    func didDisconnect(_ connection: RedisConnection, _ end: DisconnectReason) {
        locked.withLock { locked in
            guard locked.connection === connection else { return }
            locked.connection = nil
            locked.state.tell(.disconnected(reason: end.reason))
        }
    }

    func finish() {
        let watchers = locked.withLock { locked in
            locked.connection = nil
            locked.phase = .over
            locked.state.tell(.disconnected(reason: DisconnectReason.shutDown.reason))
            return locked.state.finish()
        }
        for watcher in watchers { watcher.finish() }
    }
}
