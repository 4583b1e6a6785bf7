internal import RequestTracing
internal import Timing

/// The limits of the link between nodes.
package struct LinkPolicy: Sendable {
    /// The versions of the protocol that this build speaks.
    package var versions: ClosedRange<UInt32> = 1...1
    /// The most requests in flight on a connection; held by both sides.
    package var asksPerConnection = 1_024
    /// The most bytes of commands that wait on a connection to be sent.
    package var unsentByteLimit = 32 * 1_024 * 1_024
    /// The most bytes of responses that wait for a client to read them before its further requests are left
    /// unread.
    package var unreadByteLimit = 4 * 1_024 * 1_024
    /// The bytes that a connection hands to its socket before it looks whether the socket takes more.
    package var writeBytes = 256 * 1_024
    /// The most requests or responses in one message.
    package var batchLimit = 64
    /// The payload bytes after which no further request or response joins a message.
    package var batchBytes = 64 * 1_024
    /// The longest command or response, bytes.
    package var payloadLimit = 1_024 * 1_024
    /// The longest id of an actor or a session, and the longest address, bytes.
    package var identifierLimit = 512
    /// The longest `traceparent`, `tracestate` and `baggage`, bytes. Longer ones are dropped.
    package var traceLimit = 256
    package var traceStateLimit = TraceState.characterLimit
    package var baggageLimit = Baggage.byteLimit
    /// The longest detail of a failure, bytes. A longer one is cut.
    package var detailLimit = 512

    /// The longest time for a request, whatever its caller allows.
    package var askTimeLimit: Duration = .seconds(60)
    /// The longest time for dialling and the handshake together.
    package var connectTimeout: Duration = .seconds(1)
    /// The longest wait of a server for a connection's hello.
    package var helloTimeout: Duration = .seconds(2)
    /// The time without requests after which a peer's connection is closed. A server waits twice as long.
    package var idleTimeout: Duration = .seconds(60)
    /// The longest time for which a peer may read nothing of its responses.
    package var unreadTimeout: Duration = .seconds(10)
    /// The time for which a refused peer may read the reason.
    package var lingerTime: Duration = .milliseconds(500)
    /// The silence after which a peer that owes responses gets a ping.
    package var probeAfter: Duration = .milliseconds(500)
    /// The silence after which the connection of a peer that owes responses counts as broken.
    package var silenceLimit: Duration = .seconds(1)
    /// The pause after a first failure to connect, before jitter; doubles with each further one. Meanwhile
    /// requests fail at once.
    package var backoffFloor: Duration = .milliseconds(50)
    /// The longest pause after a failure to connect.
    package var backoffCeiling: Duration = .seconds(1)
    /// The interval between looks for overdue requests, silent peers and idle connections.
    package var sweepInterval: Duration = .milliseconds(10)
    /// The longest time that a server waits for the requests under way when it shuts down.
    package var drainLimit: Duration = .seconds(5)
    /// The shortest time between two log lines about refused or failed peers.
    package var refusalLogInterval: Duration = .seconds(10)

    /// The most peers that a node knows at once.
    package var peerLimit = 1_024
    /// The most connections that a server has at once.
    package var connectionLimit = 1_024

    package init() {}

    /// The pauses between attempts to connect to a peer.
    var backoff: Backoff { Backoff(floor: backoffFloor, ceiling: backoffCeiling) }

    /// The largest message that a sender within these limits makes, bytes.
    var frameLimit: Int {
        let envelope = 3 * identifierLimit + traceLimit + detailLimit + 64
        // What accompanies a trace counts as payload.
        let trace = traceStateLimit + baggageLimit
        return batchBytes + payloadLimit + trace + batchLimit * envelope
    }

    /// The largest message of a peer that has not proved itself, bytes.
    var handshakeFrameLimit: Int { 2 * identifierLimit + detailLimit + 256 }

    /// The most responses that may wait for a client to read them before its further requests are left unread.
    var unreadLimit: Int { asksPerConnection }
}
