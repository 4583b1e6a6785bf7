/// Whether commands can be sent.
package enum RedisConnectionState: Sendable, Equatable {
    /// A connection stands and its handshake succeeded. Can become `disconnected`.
    case connected
    /// There is no connection, for this reason. Can become `connected`, unless the client was shut down.
    case disconnected(reason: String)
}
