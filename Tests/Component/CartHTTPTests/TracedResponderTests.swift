import HTTPTypes
import Hummingbird
import LibraryTracing
import Logging
import NIOCore
import NIOEmbedded
import RequestTracing
import Synchronization
import Testing
import Tracing

@testable import CartHTTP

/// What is recorded of requests that the framework answers.
@Suite struct TracedResponderTests {
    private let recorder = SpanRecorder(
        Sampler(.never, followsParent: true),
        queue: SpanQueue(SpanBatcher.Limits()),
        now: { 1_000 }
    )

    /// Answers with a status, and keeps what it got.
    private final class Inner: HTTPResponder {
        typealias Context = BasicRequestContext

        let seen = Mutex<(HTTPFields, TraceContext?)?>(nil)
        /// What a line of the log names of the trace.
        let logged = Mutex<Logger.Metadata>([:])
        private let status: HTTPResponse.Status

        init(_ status: HTTPResponse.Status) {
            self.status = status
        }

        @concurrent
        func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
            seen.withLock { $0 = (request.headers, ServiceContext.current?.trace) }
            logged.withLock { $0 = Logger.MetadataProvider.traces.get() }
            guard status != .internalServerError else { throw CancellationError() }
            return Response(status: status)
        }
    }

    private func respond(_ inner: Inner, to path: String, _ fields: HTTPFields) async throws -> Response {
        let head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: path, headerFields: fields)
        let responder = TracedResponder(
            carts: inner,
            tracing: HTTPTracing(recorder, host: "h", port: 1)
        )
        return try await responder.respond(
            to: Request(head: head, body: .init(buffer: ByteBuffer())),
            context: BasicRequestContext(
                source: ApplicationRequestContextSource(
                    channel: EmbeddedChannel(),
                    logger: .init(label: "test")
                )
            )
        )
    }

    private func fields(sampled: Bool) throws -> HTTPFields {
        var fields = HTTPFields()
        let flag = sampled ? "01" : "00"
        fields[.traceParent] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-\(flag)"
        fields[try #require(HTTPField.Name("baggage"))] = "k=v"
        return fields
    }

    private var spans: [RequestTracing.Span] { recorder.queue.withBatcher { $0.next() } }

    @Test func `the responder and its libraries work within the request's span`() async throws {
        let inner = Inner(.serviceUnavailable)
        _ = try await respond(inner, to: "/v1/carts/c/checkout", try fields(sampled: true))
        let span = try #require(spans.first)
        #expect(span.name == "POST /v1/carts/{id}/checkout")
        #expect(span.status == .error(""))
        #expect(span.attributes.contains(.init("http.response.status_code", number: 503)))
        #expect(span.attributes.contains(.init("error.type", text: "503")))
        let (fields, context) = try #require(inner.seen.withLock { $0 })
        #expect(fields[.traceParent] == "00-0af7651916cd43dd8448eb211c80319c-\(span.id.text)-01")
        #expect(context?.span == span.id && context?.baggage == "k=v")
        let logged = inner.logged.withLock { $0 }
        #expect(logged == ["trace_id": "\(span.trace.text)", "span_id": "\(span.id.text)"])
        // A library's span joins.
        let tracer = LibraryTracer(recorder)
        var service = ServiceContext.topLevel
        service.trace = context
        let library = tracer.startSpan("library", context: service, ofKind: .client)
        library.updateAttributes { $0["n"] = 7 }
        library.end()
        library.end()
        let joined = spans
        #expect(joined.count == 1)
        #expect(joined.first?.parent == span.id && joined.first?.kind == .client)
        #expect(joined.first?.attributes == [.init("n", number: 7)])
    }

    @Test func `a request that is not sampled goes on as it is`() async throws {
        let inner = Inner(.ok)
        _ = try await respond(inner, to: "/x", try fields(sampled: false))
        #expect(spans.isEmpty)
        #expect(inner.seen.withLock { $0?.0[.traceParent]?.hasSuffix("-b7ad6b7169203331-00") } == true)
        _ = try await respond(inner, to: "/x", HTTPFields())
        #expect(inner.seen.withLock { $0?.0.isEmpty } == true)
        #expect(inner.logged.withLock { $0.isEmpty })
        #expect(spans.isEmpty)
    }

    @Test func `a request without an answer, at an unknown path, has a span too`() async throws {
        let inner = Inner(.internalServerError)
        await #expect(throws: CancellationError.self) {
            try await respond(inner, to: "/elsewhere/7", try fields(sampled: true))
        }
        let span = try #require(spans.first)
        #expect(span.name == "POST" && span.status == .error(""))
        #expect(!"\(span)".contains("elsewhere"))
    }
}
