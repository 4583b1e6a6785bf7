/// The state of a client's connection.
package enum RedisConnectionState: Sendable, Equatable {
    /// A connection is open and its handshake succeeded. Can become `disconnected`.
    case connected
    /// There is no connection. Can become `connected`, unless the client was shut down.
    case disconnected(reason: String)
}
