import Testing

@testable import PeerTransport

@Suite struct PeerTests {
    final class Line {}

    let start = ContinuousClock.now
    let policy = LinkPolicy()

    func decision(_ peer: inout Peer<Line>, at offset: Duration) -> String {
        switch peer.ask(now: start + offset) {
        case .use: "use"
        case .dial: "dial"
        case .refuse: "refuse"
        }
    }

    @Test func `the first request dials, and the next uses that connection`() {
        var peer = Peer<Line>(now: start, backoff: policy.backoff)
        #expect(decision(&peer, at: .zero) == "dial")
        peer.dialled(Line())
        #expect(decision(&peer, at: .zero) == "use")
    }

    @Test func `a peer that failed is left alone for a pause that doubles up to its ceiling`() {
        var peer = Peer<Line>(now: start, backoff: policy.backoff)
        var offset = Duration.zero
        for pause in [50, 100, 200, 400, 800, 1_000, 1_000] {
            #expect(decision(&peer, at: offset) == "dial")
            let line = Line()
            peer.dialled(line)
            peer.ended(line, served: false, now: start + offset, draw: 1)
            #expect(decision(&peer, at: offset + .milliseconds(pause - 1)) == "refuse")
            offset += .milliseconds(pause)
        }
    }

    @Test func `a hundred failures do not overflow the pause`() {
        var peer = Peer<Line>(now: start, backoff: policy.backoff)
        for _ in 0..<100 {
            let line = Line()
            peer.dialled(line)
            peer.ended(line, served: false, now: start, draw: 1)
        }
        #expect(decision(&peer, at: .milliseconds(999)) == "refuse")
        #expect(decision(&peer, at: .seconds(1)) == "dial")
    }

    @Test func `a connection that served is replaced at once, and clears the failures before it`() {
        var peer = Peer<Line>(now: start, backoff: policy.backoff)
        for _ in 0..<5 {
            let line = Line()
            peer.dialled(line)
            peer.ended(line, served: false, now: start, draw: 1)
        }
        let good = Line()
        peer.dialled(good)
        peer.ended(good, served: true, now: start, draw: 1)
        #expect(decision(&peer, at: .zero) == "dial")
        let bad = Line()
        peer.dialled(bad)
        peer.ended(bad, served: false, now: start, draw: 1)
        #expect(decision(&peer, at: .milliseconds(49)) == "refuse")
        #expect(decision(&peer, at: .milliseconds(50)) == "dial")
    }

    @Test func `the end of an older connection does not touch the newer one`() {
        var peer = Peer<Line>(now: start, backoff: policy.backoff)
        let old = Line()
        let new = Line()
        peer.dialled(old)
        peer.retired(old)
        #expect(decision(&peer, at: .zero) == "dial")
        peer.dialled(new)
        peer.ended(old, served: false, now: start, draw: 1)
        peer.retired(old)
        #expect(peer.connection === new)
    }

    @Test func `a peer is forgotten after the idle time, unless it is connected`() {
        var peer = Peer<Line>(now: start, backoff: policy.backoff)
        #expect(!peer.isForgettable(now: start + .seconds(59), policy: policy))
        #expect(peer.isForgettable(now: start + .seconds(60), policy: policy))
        peer.dialled(Line())
        #expect(!peer.isForgettable(now: start + .seconds(60), policy: policy))
    }

    @Test(arguments: [
        ("10.0.0.1:7000", "10.0.0.1", 7_000), ("node-1.internal:1", "node-1.internal", 1),
        ("[::1]:65535", "::1", 65_535),
    ])
    func `an address is parsed`(text: String, host: String, port: Int) throws {
        let address = try #require(PeerAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
    }

    @Test(arguments: [
        "", ":", "host", "host:", ":70", "host:0", "host:65536", "host:-1", "::1:70", "[]:70", "h:7x",
    ])
    func `a malformed address is not parsed`(text: String) {
        #expect(PeerAddress(text) == nil)
    }
}
