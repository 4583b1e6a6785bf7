import GRPCNIOTransportHTTP2Posix

/// What the gRPC face allows its clients, beside what every face does.
package struct CartRPCPolicy: Sendable {
    /// Calls at a time on one connection.
    package var callsPerConnection = 256
    /// How long a connection may be without calls.
    package var idleConnection: Duration = .seconds(300)
    /// How long a connection that was asked to go may take to do so.
    package var connectionGrace: Duration = .seconds(10)
    /// How often a client may ask whether the connection still stands.
    package var pingInterval: Duration = .seconds(5)
    /// How long calls under way may take when the server leaves.
    package var drainLimit: Duration = .seconds(5)

    /// The usual.
    package init() {}

    /// - Parameter bodyBytes: the longest message. One that is up to four times as long is refused with words, a longer one is
    ///   broken off.
    func apply(to config: inout HTTP2ServerTransport.Posix.Config, bodyBytes: Int) {
        config.rpc.maxRequestPayloadSize = bodyBytes * 4
        config.http2.maxConcurrentStreams = callsPerConnection
        config.connection.maxIdleTime = idleConnection
        config.connection.maxGraceTime = connectionGrace
        config.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = pingInterval
        config.connection.keepalive.clientBehavior.allowWithoutCalls = true
        // A connection carries few calls at a time: waiting for more would only delay them.
        config.connection.flushCoalescing = nil
    }
}
