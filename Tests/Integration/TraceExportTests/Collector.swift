import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import OTLPProtocol
import RequestTracing
import SwiftProtobuf
import Synchronization

@testable import OTLPExport

/// A collector in this process: answers each request as a test says, and keeps what it got.
final class Collector: Sendable {
    struct Received: Sendable {
        let head: HTTPRequestHead
        let body: [UInt8]

        var spans: [OTLPSpan] {
            get throws {
                let message = try OTLPExportTraceServiceRequest(serializedBytes: body)
                return message.resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans)
            }
        }
    }

    struct Answer: Sendable {
        var status = HTTPResponseStatus.ok
        var headers = HTTPHeaders()
        var body: [UInt8] = []
    }

    private let received = Mutex<[Received]>([])
    private let arrivals = AsyncStream.makeStream(of: Received.self)
    /// Nil for a request that gets no answer.
    private let answer: @Sendable (_ number: Int) -> Answer?

    init(_ answer: @escaping @Sendable (_ number: Int) -> Answer? = { _ in Answer() }) {
        self.answer = answer
    }

    var requests: [Received] { received.withLock { $0 } }

    /// What arrives, in order; for one reader.
    var stream: AsyncStream<Received> { arrivals.stream }

    /// Listens while `body` runs.
    func serve<Result>(_ body: (_ port: Int) async throws -> Result) async throws -> Result {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(server.localAddress?.port ?? 0))
        } catch {
            result = .failure(error)
        }
        try await server.close()
        return try result.get()
    }

    private func take(_ request: Received) -> Answer? {
        let number = received.withLock {
            $0.append(request)
            return $0.count
        }
        arrivals.continuation.yield(request)
        return answer(number)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let collector: Collector
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ collector: Collector) {
            self.collector = collector
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(let part): body += part.readableBytesView
            case .end:
                guard let head, let answer = collector.take(Received(head: head, body: body)) else { return }
                let response = HTTPResponseHead(
                    version: .http1_1,
                    status: answer.status,
                    headers: answer.headers
                )
                context.write(wrapOutboundOut(.head(response)), promise: nil)
                context.write(
                    wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))),
                    promise: nil
                )
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A recorder and an exporter to a port of this machine.
struct Pipeline {
    let recorder: SpanRecorder
    let exporter: TraceExporter

    init(port: Int, variables: [String: String] = [:]) throws {
        let environment = [
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(port)", "OTEL_TRACES_SAMPLER": "always_on",
            "OTEL_BSP_SCHEDULE_DELAY": "20",
        ]
        let settings = TraceSettings(environment: environment.merging(variables) { $1 })
        let queue = SpanQueue(settings.limits)
        guard let endpoint = settings.endpoint else { throw Unusable() }
        recorder = SpanRecorder(settings.sampler, queue: queue, now: { 1_000 })
        exporter = try TraceExporter(
            settings,
            to: endpoint,
            queue: queue,
            identity: ProcessIdentity(settings, node: "n1", version: "test"),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: quiet
        )
    }

    struct Unusable: Error {}

    /// Records spans of as many traces.
    func record(_ count: Int = 1, named name: String = "a") {
        for _ in 0..<count { recorder.beginRequest(SpanTitle(name, .server), from: nil)?.end() }
    }

    /// Waits until the exporter says so.
    func until(_ condition: (TraceExporter) -> Bool) async {
        while !condition(exporter) { await Task.yield() }
    }

    /// Exports while `body` runs, and then what is left.
    func run(flushLimit: Duration = .seconds(5), _ body: () async throws -> Void) async rethrows {
        async let running: Void = exporter.run(flushLimit: flushLimit)
        do {
            try await body()
        } catch {
            exporter.stop()
            await running
            throw error
        }
        exporter.stop()
        await running
    }
}
