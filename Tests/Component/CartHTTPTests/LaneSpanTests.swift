import CartApplication
import CartTesting
import RequestTracing
import Testing

@testable import Cart
@testable import CartHTTP

/// What the hot lane records of requests.
@Suite struct LaneSpanTests {
    private typealias Connection = TestConnection

    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let sampled = "traceparent: 00-\(trace)-b7ad6b7169203331-01"
    private static let unsampled = "traceparent: 00-\(trace)-b7ad6b7169203331-00"

    private let carts = InMemoryCarts()

    private func recorder(_ sampler: Sampler) -> SpanRecorder {
        SpanRecorder(sampler, queue: SpanQueue(SpanBatcher.Limits()), now: { 1_000 })
    }

    private func connection(_ recorder: SpanRecorder, recognizes: Bool) throws -> Connection {
        try HotConnection(
            recognizes: recognizes,
            carts: carts,
            tracing: HTTPTracing(recorder, host: "127.0.0.1", port: 8_080)
        ).connection
    }

    private func spans(_ recorder: SpanRecorder) -> [Span] { recorder.queue.withBatcher { $0.next() } }

    @Test(arguments: [false, true])
    func `a sampled request has a span, whose context goes to the cart's owner`(recognizes: Bool) throws {
        let recorder = recorder(Sampler(.never, followsParent: true))
        let connection = try connection(recorder, recognizes: recognizes)
        try connection.send(
            Connection.request(
                "GET /v1/carts/c HTTP/1.1",
                "Host: x",
                Self.sampled,
                "tracestate: a=1",
                "tracestate: b=2",
                "baggage: k=v"
            )
        )
        let spans = spans(recorder)
        let span = try #require(spans.first)
        #expect(spans.count == 1)
        #expect(span.name == "GET /v1/carts/{id}" && span.kind == .server && span.status == .unset)
        #expect(span.trace.text == Self.trace && span.parent?.text == "b7ad6b7169203331")
        #expect(span.state.filter { $0 != " " } == "a=1,b=2")
        for attribute in [
            SpanAttribute("http.request.method", text: "GET"),
            SpanAttribute("http.route", text: "/v1/carts/{id}"),
            SpanAttribute("http.response.status_code", number: 200),
            SpanAttribute("server.port", number: 8_080),
        ] {
            #expect(span.attributes.contains(attribute))
        }
        // No id of a cart anywhere.
        #expect(!"\(span)".contains("/carts/c"))
        let asked = try #require(carts.asked.first?.trace)
        #expect(asked.span == span.id && asked.isSampled && asked.baggage == "k=v")
    }

    @Test(arguments: [false, true])
    func `a request that is not sampled has none, and is passed on`(recognizes: Bool) throws {
        let recorder = recorder(Sampler(.never, followsParent: true))
        let connection = try connection(recorder, recognizes: recognizes)
        try connection.send(Connection.request("GET /v1/carts/c HTTP/1.1", "Host: x"))
        try connection.send(Connection.request("GET /v1/carts/c HTTP/1.1", "Host: x", Self.unsampled))
        #expect(spans(recorder).isEmpty)
        #expect(carts.asked.map { $0.trace == nil } == [true, false])
        #expect(carts.asked.last?.trace?.span.text == "b7ad6b7169203331")
    }

    @Test(arguments: [false, true])
    func `a caller's flag does not count against a sampler that says no`(recognizes: Bool) throws {
        let recorder = recorder(Sampler(.never, followsParent: false))
        let connection = try connection(recorder, recognizes: recognizes)
        try connection.send(Connection.request("GET /v1/carts/c HTTP/1.1", "Host: x", Self.sampled))
        #expect(spans(recorder).isEmpty)
        let trace = try #require(carts.asked.first?.trace)
        #expect(!trace.isSampled && trace.span.text == "b7ad6b7169203331")
    }

    @Test(arguments: [false, true])
    func `a trace begins here where the sampler says so`(recognizes: Bool) throws {
        let recorder = recorder(Sampler(.always, followsParent: true))
        let connection = try connection(recorder, recognizes: recognizes)
        for malformed in ["x: y", "traceparent: 00-0-0-01"] {
            try connection.send(Connection.request("DELETE /v1/carts/c HTTP/1.1", "Host: x", malformed))
        }
        let spans = spans(recorder)
        #expect(spans.map(\.name) == ["DELETE /v1/carts/{id}", "DELETE /v1/carts/{id}"])
        #expect(spans.allSatisfy { $0.parent == nil })
        #expect(Set(spans.map(\.trace)).count == 2)
        #expect(carts.asked.map { $0.trace?.span } == spans.map(\.id))
    }

    @Test(arguments: [false, true])
    func `a refused request has one span, with its status`(recognizes: Bool) throws {
        let recorder = recorder(Sampler(.always, followsParent: true))
        let connection = try connection(recorder, recognizes: recognizes)
        // By its head, by its body, by the cart's owner.
        let requests = [
            Connection.request("GET /v1/carts/% HTTP/1.1", "Host: x"),
            Connection.request(
                "POST /v1/carts/c/lines HTTP/1.1",
                "Host: x",
                "Content-Type: application/json",
                "Content-Length: 2"
            ) + "{}",
            Connection.request("GET /v1/carts/absent HTTP/1.1", "Host: x"),
        ]
        for request in requests {
            let status = HotConnection.statuses(try connection.send(request)).first
            let spans = spans(recorder)
            #expect(spans.count == 1)
            let code = try #require(status.flatMap { Int($0) })
            #expect((400..<500).contains(code))
            #expect(
                spans.first?.attributes.contains(SpanAttribute("http.response.status_code", number: code))
                    == true
            )
            #expect(spans.first?.status == .unset)
        }
    }
}
