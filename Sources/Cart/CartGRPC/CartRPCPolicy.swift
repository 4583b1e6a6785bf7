import GRPCNIOTransportHTTP2Posix

/// The limits of the gRPC face, beside those of every face.
package struct CartRPCPolicy: Sendable {
    /// Calls at a time on one connection.
    package var callsPerConnection = 256
    /// The longest time that a connection may be without calls.
    package var idleConnection: Duration = .seconds(300)
    /// The time that a connection has to close after it was asked to.
    package var connectionGrace: Duration = .seconds(10)
    /// The shortest time between two pings of a client.
    package var pingInterval: Duration = .seconds(5)
    /// The time that calls under way have when the server shuts down.
    package var drainLimit: Duration = .seconds(5)

    /// The defaults.
    package init() {}

    /// - Parameter bodyBytes: the longest message. One that is up to four times as long is refused with
    ///   words, a longer one is broken off.
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
