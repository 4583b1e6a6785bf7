/// What became of a client's attempts to connect, and of its connections.
package struct RedisConnectionCounts: Sendable, Equatable {
    /// Connections that were opened and passed the handshake.
    package internal(set) var opened: UInt64 = 0
    /// Attempts to connect that failed, in the handshake at the latest.
    package internal(set) var failed: UInt64 = 0
    /// Connections that were opened and have ended, for whatever reason.
    package internal(set) var ended: UInt64 = 0
}
