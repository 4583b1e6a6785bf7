import RequestTracing
import Testing

@Suite struct TraceStateTests {
    private static func text(_ character: String, _ count: Int) -> String {
        String(repeating: character, count: count)
    }

    @Test(arguments: [
        ("", ""), ("foo=1", "foo=1"), ("foo=1,bar=2", "foo=1,bar=2"),
        // Space around members, and members without anything, are allowed.
        ("foo=1 \t , \t bar=2, \t baz=3", "foo=1,bar=2,baz=3"), ("foo=1,,,bar=2,", "foo=1,bar=2"),
        ("foo=1,", "foo=1"), (",foo=1", "foo=1"),
        // Keys.
        ("\(text("a", 256))=1", "\(text("a", 256))=1"),
        ("t-_*/@1=1", "t-_*/@1=1"), ("0@vendor=1", "0@vendor=1"),
        // Values.
        ("a=b c", "a=b c"), ("a= b", "a= b"), ("a=!~", "a=!~"),
    ])
    func `the members of a tracestate are passed on`(field: String, expected: String) {
        #expect(TraceState.bounded(field) == expected)
    }

    @Test(arguments: [
        "foo", "foo=", "=1", "foo@=1,bar", "Foo=1", "foo=1=2", "foo =1", "foo=\u{7f}", "foo=é", "a b=1",
        "é=1", ";=1", "foo=1,foo=2",
        "\(text("a", 257))=1", "a=\(text("1", 257))",
        (0..<33).map { "m\($0)=1" }.joined(separator: ","), text(",", 20_000),
    ])
    func `a malformed tracestate is dropped as a whole`(field: String) {
        #expect(TraceState.bounded(field).isEmpty)
    }

    @Test func `of a long tracestate, long members go first, then the last ones`() {
        let long = "long=" + Self.text("x", 200)
        let short = (10..<31).map { "m\($0)=" + Self.text("y", 16) }
        let bounded = TraceState.bounded(([long] + short).joined(separator: ","))
        #expect(bounded.utf8.count <= TraceState.characterLimit)
        #expect(!bounded.contains("long"))
        #expect(bounded == short.joined(separator: ",").prefix(bounded.utf8.count))
        let all = short.prefix(20).joined(separator: ",")
        #expect(TraceState.bounded(all) == all)
        #expect(all.utf8.count <= TraceState.characterLimit)
    }

    @Test func `baggage is passed on within its limits, in whole members`() {
        #expect(Baggage.bounded("") == "")
        let field = "userId=alice, serverNode=DF%2028 ;property=1,isProduction=false"
        #expect(Baggage.bounded(field) == field)
        #expect(Baggage.bounded("a=\u{1}") == "")
        let many = (0..<70).map { "m\($0)=1" }
        #expect(Baggage.bounded(many.joined(separator: ",")) == many.prefix(64).joined(separator: ","))
        let long = "b=" + Self.text("x", 5_000)
        #expect(Baggage.bounded("a=1,\(long),\(long)") == "a=1,\(long)")
        #expect(Baggage.bounded("c=" + Self.text("x", 9_000)) == "")
        let exact = "d=" + Self.text("x", 8_190)
        #expect(Baggage.bounded(exact) == exact)
        #expect(Baggage.bounded(exact + "y") == "")
    }
}
