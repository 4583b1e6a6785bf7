package import HummingbirdCore
import Logging
package import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

extension HTTPServerBuilder {
    /// The server of one of the node's HTTP ports.
    ///
    /// - Parameters:
    ///   - policy: its limits, and what its answers have in common.
    ///   - admits: tells whether a new connection may be served; if not, it has closed the connection.
    ///     By default all are.
    ///   - hotLane: answers plain requests for carts; nil: the responder is asked for all requests.
    ///   - recognizes: false if the hot lane's requests all pass the parser, which tests compare with.
    ///   - counters: count the requests; nil: they are not counted.
    package static func face(
        _ policy: ConnectionPolicy,
        admitting admits: @escaping @Sendable (any Channel) -> Bool = { _ in true },
        hotLane: HotLane? = nil,
        recognizes: Bool = true,
        counters: RequestCounters? = nil
    ) -> HTTPServerBuilder {
        HTTPServerBuilder {
            FaceChannel(
                responder: $0,
                policy: policy,
                admits: admits,
                hotLane: hotLane,
                recognizes: recognizes,
                counters: counters
            )
        }
    }
}

/// A client's connection: HTTP/1.1 by NIO's parser, our rules (`ConnectionMachine`), the lane for plain
/// requests, and the framework's responder for all others.
private struct FaceChannel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: Responder
    let policy: ConnectionPolicy
    let admits: @Sendable (any Channel) -> Bool
    let hotLane: HotLane?
    let recognizes: Bool
    let counters: RequestCounters?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        guard admits(channel) else { return channel.eventLoop.makeFailedFuture(ConnectionNotAdmitted()) }
        return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addFace(
                policy,
                hotLane: hotLane,
                recognizes: recognizes,
                counts: counters?.counts(on: channel.eventLoop)
            )
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            if hotLane == nil {
                try pipeline.addHandler(
                    HTTPConnectionStateHandler(idleTimeout: policy.silence, logger: logger)
                )
            }
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Adds the parser and the rules of a connection, and the lane for plain requests.
    ///
    /// - Parameters:
    ///   - recognizes: false if the hot lane's requests all pass the parser.
    ///   - takenBytes: counts what the client takes of what is sent.
    ///   - counts: those of the connection's loop; nil where requests are not counted.
    func addFace(
        _ policy: ConnectionPolicy,
        hotLane: HotLane? = nil,
        recognizes: Bool = true,
        takenBytes: @escaping (any Channel) -> Int = { $0.takenBytes },
        counts: RequestCounts? = nil
    ) throws {
        let line = LongLineHandler(limit: policy.parsedFieldBytes)
        let connection = ConnectionHandler(policy, line: line, takenBytes: takenBytes, counts: counts)
        let silence = SilenceTimer(policy.silence)
        if let hotLane, recognizes {
            try addHandler(
                RecognizedRequestHandler(hotLane, policy, connection: connection, silence: silence)
            )
        }
        try addHandler(line)
        var encoding = HTTPResponseEncoder.Configuration()
        // The machine does, because it knows the request.
        encoding.automaticallySetFramingHeaders = false
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = policy.parsedFieldBytes
        limits.maxHeaderListSize = policy.parsedHeaderBytes
        limits.maxHeaderFieldCount = 2 * policy.fieldCount
        try configureHTTPServerPipeline(
            withPipeliningAssistance: true,
            withErrorHandling: false,
            withOutboundHeaderValidation: false,
            withEncoderConfiguration: encoding,
            withDecoderLimitConfiguration: limits
        )
        try addHandler(connection)
        if let hotLane { try addHandler(HotLaneHandler(hotLane, silence: silence)) }
    }
}

/// The connection is beyond the limits and was closed before anything was read from it.
private struct ConnectionNotAdmitted: Error {}
