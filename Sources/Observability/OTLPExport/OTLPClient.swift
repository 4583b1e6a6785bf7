import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import OTLPProtocol
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends one message to a collector by HTTP/1.1, on a connection of its own.
///
/// A batch leaves every few seconds, and carries hundreds of spans: a connection that is kept would save nothing
/// that anybody could measure, and would have to be watched.
struct OTLPClient: Sendable {
    /// The most bytes of an answer that are read.
    private static let answerLimit = 64 * 1_024
    /// The longest wait for the collector's own end of an encrypted connection, once the answer is there or not
    /// wanted any more. It would say nothing that matters, and every batch waits for it.
    private static let closeLimit: TimeAmount = .milliseconds(100)

    struct Response: Sendable {
        let status: Int
        let retryAfter: Duration?
        /// Nil for a message that cannot be read, which is no reason to doubt the status.
        let partialSuccess: OTLPExportTracePartialSuccess?
    }

    private typealias Connection = NIOAsyncChannel<
        HTTPClientResponsePart, HTTPPart<HTTPRequestHead, ByteBuffer>
    >

    let endpoint: OTLPEndpoint
    private let head: HTTPRequestHead
    private let encryption: NIOSSLContext?

    /// - Parameters:
    ///   - agent: the value of `User-Agent`.
    ///   - authorities: the path of the certificates (PEM) of the collector's authorities; nil for the system's.
    /// - Throws: where they cannot be used.
    init(
        _ endpoint: OTLPEndpoint,
        headers: [TraceSettings.Header],
        agent: String,
        authorities: String?
    ) throws {
        self.endpoint = endpoint
        var fields = HTTPHeaders([
            ("Host", endpoint.authority), ("User-Agent", agent), ("Content-Type", "application/x-protobuf"),
            ("Connection", "close"),
        ])
        for header in headers { fields.replaceOrAdd(name: header.name, value: header.value) }
        head = HTTPRequestHead(version: .http1_1, method: .POST, uri: endpoint.target, headers: fields)
        guard endpoint.isEncrypted else {
            encryption = nil
            return
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.shutdownTimeout = Self.closeLimit
        if let authorities { configuration.trustRoots = .file(authorities) }
        encryption = try NIOSSLContext(configuration: configuration)
    }

    /// - Throws: where there was no answer within the timeout.
    func send(_ message: ByteBuffer, within timeout: Duration, on group: any EventLoopGroup) async throws
        -> Response
    {
        try await withThrowingTaskGroup(of: Response.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { try await exchange(message, within: timeout, on: group) }
            tasks.addTask {
                try await Task.sleep(for: timeout)
                throw NoAnswer(why: "no answer within \(timeout)")
            }
            guard let response = try await tasks.next() else { throw NoAnswer(why: "no answer") }
            return response
        }
    }

    private func exchange(
        _ message: ByteBuffer,
        within timeout: Duration,
        on group: any EventLoopGroup
    ) async throws -> Response {
        let connection = try await connect(within: timeout, on: group)
        return try await connection.executeThenClose { answer, request in
            var head = head
            head.headers.replaceOrAdd(name: "Content-Length", value: String(message.readableBytes))
            try await request.write(.head(head))
            try await request.write(.body(message))
            try await request.write(.end(nil))
            return try await Self.read(answer)
        }
    }

    /// Gives up at once when its task is cancelled, also while a name is looked up.
    private func connect(within timeout: Duration, on group: any EventLoopGroup) async throws -> Connection {
        let connected = ClientBootstrap(group: group)
            .connectTimeout(TimeAmount(timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let encryption {
                        try pipeline.addHandler(
                            NIOSSLClientHandler(context: encryption, serverHostname: endpoint.serverName)
                        )
                    }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(RequestPartHandler())
                }
            }
            .connect(host: endpoint.host, port: endpoint.port)
        let wanted = connected.eventLoop.makePromise(of: Connection.self)
        connected.flatMapThrowing { try Connection(wrappingChannelSynchronously: $0) }.cascade(to: wanted)
        wanted.futureResult.whenFailure { _ in
            // It may come later, and nobody wants it any more.
            connected.whenSuccess { $0.close(promise: nil) }
        }
        return try await withTaskCancellationHandler {
            try await wanted.futureResult.get()
        } onCancel: {
            wanted.fail(CancellationError())
        }
    }

    private static func read(_ parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>) async throws
        -> Response
    {
        var (head, body) = (HTTPResponseHead?.none, ByteBuffer())
        for try await part in parts {
            switch part {
            case .head(let found): head = found
            case .body(let bytes):
                guard body.readableBytes + bytes.readableBytes <= answerLimit else {
                    throw NoAnswer(why: "its answer is too long")
                }
                body.writeImmutableBuffer(bytes)
            case .end:
                guard let head else { throw NoAnswer(why: "its answer has no status") }
                return response(head, body)
            }
        }
        throw NoAnswer(why: "the connection ended before its answer")
    }

    private static func response(_ head: HTTPResponseHead, _ body: ByteBuffer) -> Response {
        var partial: OTLPExportTracePartialSuccess?
        if head.status.code == 200, body.readableBytes > 0 {
            do {
                let bytes = Array(body.readableBytesView)
                partial = try OTLPExportTraceServiceResponse(serializedBytes: bytes).partialSuccess
            } catch {
                partial = nil
            }
        }
        // A date in place of seconds is not worth a reader: the back-off does.
        let seconds = head.headers.first(name: "Retry-After").flatMap { Int64($0) }
        return Response(
            status: Int(head.status.code),
            retryAfter: seconds.map { .seconds(min(max(0, $0), 3_600)) },
            partialSuccess: partial
        )
    }
}

/// Takes the parts of requests in a form that can be sent from a task.
private final class RequestPartHandler: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPRequestHead, ByteBuffer>
    typealias OutboundOut = HTTPClientRequestPart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPClientRequestPart =
            switch unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let bytes): .body(.byteBuffer(bytes))
            case .end(let fields): .end(fields)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}

struct NoAnswer: Error, CustomStringConvertible {
    let why: String

    var description: String { why }
}

extension OTLPEndpoint {
    /// The name for the collector's certificate; nil for an address, which TLS does not announce.
    fileprivate var serverName: String? {
        do {
            _ = try SocketAddress(ipAddress: host, port: port)
            return nil
        } catch {
            return host
        }
    }
}
