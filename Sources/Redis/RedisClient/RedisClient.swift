package import Logging
package import NIOCore
internal import Synchronization

/// A client of one Redis server. It has one connection, and reconnects whenever that is lost.
///
/// Concurrent commands share writes, and are answered in the order in which they were sent. Without a
/// connection a command fails at once with `notConnected`, also before the first connection; `states()` tells
/// when there is one.
package final class RedisClient: Sendable {
    private struct LockedState {
        var connection: RedisConnection?
        var state = Broadcast<RedisConnectionState>(.disconnected(reason: "not connected yet"))
        var phase = Phase.idle
    }

    private enum Phase {
        /// `run` was not called yet. Can become `running`.
        case idle
        /// `run` keeps a connection. Can become `over`.
        case running
        /// `run` has returned. Terminal.
        case over
    }

    /// The server, and the limits.
    package let configuration: RedisConfiguration
    let eventLoop: any EventLoop
    let logger: Logger
    let jitter: @Sendable () -> Double
    let onMessage: MessageHandler?
    private let locked = Mutex(LockedState())

    /// Receives published messages, on the thread of the connection, in the order in which they arrived.
    package typealias MessageHandler = @Sendable (RedisMessage) -> Void

    /// A client that connects when `run` is called.
    ///
    /// - Parameters:
    ///   - eventLoop: the thread for input and output. Callers may run on any thread, also on this one.
    ///   - jitter: draws a random number evenly from 0…1, to spread attempts to connect.
    ///   - onMessage: makes this a client for `SUBSCRIBE`, `UNSUBSCRIBE` and `PING`, each with one argument.
    ///     Subscriptions end with the connection.
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

    /// True if a command would be sent now.
    package var isConnected: Bool { connection.map { $0.end == nil } ?? false }

    /// The reason why there is no connection; nil while there is one.
    package var disconnectReason: String? {
        switch locked.withLock({ $0.state.value }) {
        case .connected: nil
        case .disconnected(let reason): reason
        }
    }

    /// The present state of the connection, then every change. Slow consumers receive only the newest state.
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

    /// Sends a command and waits for its reply. An error reply is thrown as `server`.
    package func send(
        _ name: String,
        _ arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisValue {
        try await current.send(RedisCommand(name: name, arguments: arguments))
    }

    /// The connection to send on.
    ///
    /// - Throws: `notConnected` or `shutDown` where there is none.
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

// MARK: Called by `run`

extension RedisClient {
    func begin() {
        locked.withLock { locked in
            switch locked.phase {
            case .idle: locked.phase = .running
            case .running, .over: preconditionFailure("a RedisClient runs once")
            }
        }
    }

    /// Commands use this connection from now on.
    func didConnect(_ connection: RedisConnection) {
        locked.withLock { locked in
            locked.connection = connection
            locked.state.send(.connected)
        }
        // It may have ended before commands could use it.
        if let end = connection.end { didDisconnect(connection, end) }
    }

    /// An attempt to connect failed.
    func didDisconnect(_ reason: String) {
        locked.withLock { locked in
            locked.connection = nil
            locked.state.send(.disconnected(reason: reason))
        }
    }

    /// A connection has ended. Has no effect if commands do not use it.
    func didDisconnect(_ connection: RedisConnection, _ end: DisconnectReason) {
        locked.withLock { locked in
            guard locked.connection === connection else { return }
            locked.connection = nil
            locked.state.send(.disconnected(reason: end.reason))
        }
    }

    func finish() {
        let watchers = locked.withLock { locked in
            locked.connection = nil
            locked.phase = .over
            locked.state.send(.disconnected(reason: DisconnectReason.shutDown.reason))
            return locked.state.finish()
        }
        for watcher in watchers { watcher.finish() }
    }
}
