/// Every limit of the link, by name.
package struct LinkPolicy: Sendable {
    /// How many streams a node keeps to a peer, all on one connection.
    package var streamsPerPeer = 4
    /// How many asks may be in flight on a stream, on either side of it.
    package var asksPerStream = 256
    /// How many asks or answers may leave in one message.
    package var batchLimit = 64
    /// How many payload bytes a message holds before no further ask or answer joins it.
    package var batchBytes = 64 * 1_024
    /// How many bytes one command, or one answer, may have.
    package var payloadLimit = 1_024 * 1_024
    /// How many bytes an id of an actor or session, or an address, may have.
    package var identifierLimit = 512
    /// How many bytes a trace context may have; a longer one is not passed on.
    package var traceLimit = 256
    /// How many bytes of a failure's detail are passed on.
    package var detailLimit = 512

    /// How long an ask may take at most, whatever its caller allows.
    package var askTimeLimit: Duration = .seconds(60)
    /// How long dialling and both hellos may take together.
    package var connectTimeout: Duration = .seconds(1)
    /// How long a server waits for the hello of a stream, and how long for a stream on a connection that has none.
    package var helloTimeout: Duration = .seconds(2)
    /// How long a peer may go unasked before its connection is closed.
    package var idleTimeout: Duration = .seconds(60)
    /// How long a peer that owes answers may be silent before it is asked whether it is there.
    package var probeAfter: Duration = .milliseconds(500)
    /// How long it may be silent before its connection counts as broken.
    package var silenceLimit: Duration = .seconds(1)
    /// The pause after a first failure to connect; doubles up to `backoffCeiling`, with jitter. Asks fail at once meanwhile.
    package var backoffFloor: Duration = .milliseconds(50)
    package var backoffCeiling: Duration = .seconds(1)
    /// How often overdue asks, silent peers and idle connections are looked for.
    package var sweepInterval: Duration = .milliseconds(10)
    /// How long a server that shuts down waits for the asks under way.
    package var drainLimit: Duration = .seconds(5)
    /// How often a refused peer is logged at most.
    package var refusalLogInterval: Duration = .seconds(10)

    /// How many peers are known at once.
    package var peerLimit = 1_024
    /// How many connections a server has at once.
    package var connectionLimit = 1_024
    /// How many streams a server grants to a connection.
    package var streamsPerConnection = 16
    /// The flow-control window of a stream and of a connection, in bytes.
    package var windowBytes = 1_024 * 1_024

    package init() {}

    /// The largest message that a sender within these limits makes, in bytes.
    var messageLimit: Int {
        let envelope = 3 * identifierLimit + traceLimit + detailLimit + 64
        return batchBytes + payloadLimit + batchLimit * envelope
    }

    /// How many answers may wait for a client that does not read them, before its stream is closed.
    var unreadLimit: Int { 4 * asksPerStream }
}
