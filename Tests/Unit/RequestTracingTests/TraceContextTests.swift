import RequestTracing
import Testing

/// The cases of the W3C's own test suite for Trace Context (`trace-context/test/test.py`), and of the
/// specification's text.
@Suite struct TraceContextTests {
    private static let trace = "12345678901234567890123456789012"
    private static let span = "1234567890123456"

    @Test(arguments: [
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-03",
    ])
    func `a traceparent is passed on as it came`(text: String) throws {
        #expect(try #require(TraceContext(parent: text)).parent == text)
    }

    @Test(arguments: [
        // Later versions, with and without more fields.
        ("cc-\(trace)-\(span)-01", "00-\(trace)-\(span)-01"),
        ("cc-\(trace)-\(span)-01-what-the-future-will-be-like", "00-\(trace)-\(span)-01"),
        ("01-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01"),
        // Unknown flags are not kept.
        ("00-\(trace)-\(span)-ff", "00-\(trace)-\(span)-03"),
        ("00-\(trace)-\(span)-fe", "00-\(trace)-\(span)-02"),
        ("00-\(trace)-\(span)-04", "00-\(trace)-\(span)-00"),
    ])
    func `what this version knows of a traceparent is kept`(text: String, expected: String) throws {
        #expect(try #require(TraceContext(parent: text)).parent == expected)
    }

    @Test(arguments: [
        "", "00", "-", "00-\(trace)-\(span)",
        // Versions.
        "ff-\(trace)-\(span)-01", ".0-\(trace)-\(span)-01", "0.-\(trace)-\(span)-01",
        "000-\(trace)-\(span)-01", "0000-\(trace)-\(span)-01", "0-\(trace)-\(span)-01",
        "cc-\(trace)-\(span)-01.what-the-future-will-not-be-like", "0A-\(trace)-\(span)-01",
        // Ids of traces.
        "00-00000000000000000000000000000000-\(span)-01", "00-.2345678901234567890123456789012-\(span)-01",
        "00-1234567890123456789012345678901.-\(span)-01", "00-123456789012345678901234567890123-\(span)-01",
        "00-1234567890123456789012345678901-\(span)-01", "00-1234567890123456789012345678901A-\(span)-01",
        // Ids of spans.
        "00-\(trace)-0000000000000000-01", "00-\(trace)-.234567890123456-01",
        "00-\(trace)-123456789012345.-01", "00-\(trace)-12345678901234567-01",
        "00-\(trace)-123456789012345-01", "00-\(trace)-123456789012345A-01",
        // Flags.
        "00-\(trace)-\(span)-.0", "00-\(trace)-\(span)-0.", "00-\(trace)-\(span)-001",
        "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-0A",
        // What follows, separators, several fields.
        "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-more", "00-\(trace)-\(span)-01 ",
        " 00-\(trace)-\(span)-01", "00 \(trace)-\(span)-01", "00-\(trace) \(span)-01",
        "00-\(trace)-\(span) 01", "00-\(trace)-\(span)-01, 00-\(trace)-\(span)-01",
        "00-é\(trace.dropFirst(2))-\(span)-01",
    ])
    func `a malformed traceparent is none`(text: String) {
        #expect(TraceContext(parent: text) == nil)
    }

    @Test func `a call from a span has its id, and all else of the trace`() throws {
        let context = try #require(
            TraceContext(parent: "00-\(Self.trace)-\(Self.span)-01", state: "a=1", baggage: "b=2")
        )
        let span = try #require(SpanID(0xab))
        let call = context.calling(from: span, flags: [])
        #expect(call.parent == "00-\(Self.trace)-00000000000000ab-00")
        #expect(call.state == "a=1" && call.baggage == "b=2")
        #expect(call.trace.bytes == context.trace.bytes && call.trace.bytes.count == 16)
        #expect(span.bytes == [0, 0, 0, 0, 0, 0, 0, 0xab])
    }
}
