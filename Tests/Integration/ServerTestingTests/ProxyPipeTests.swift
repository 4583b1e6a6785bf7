import Testing

@testable import ServerTesting

/// The decisions of a proxy's pipe, without sockets or a clock.
@Suite struct ProxyPipeTests {
    private let start = ContinuousClock.now

    private func pipe(_ policy: TrafficPolicy, holding text: String = "") -> ProxyPipe {
        var pipe = ProxyPipe(policy, at: start)
        if !text.isEmpty { pipe.arrived(ArraySlice(text.utf8), at: start, jitter: 0.5) }
        return pipe
    }

    /// Writes everything that may leave at once.
    private func drain(_ pipe: inout ProxyPipe, at now: ContinuousClock.Instant) -> (
        text: String, last: ProxyPipe.Step
    ) {
        var bytes: [UInt8] = []
        while true {
            let step = pipe.next(at: now)
            guard case .write(let piece) = step else { return (String(decoding: bytes, as: UTF8.self), step) }
            bytes += piece
            pipe.wrote(piece.count, at: now)
        }
    }

    @Test func `bytes on an open way leave at once, and the end after them`() {
        var pipe = pipe(.open, holding: "abc")
        pipe.sourceEnded()
        let (text, last) = drain(&pipe, at: start)
        #expect(text == "abc")
        #expect(last == .finish)
        pipe.finished()
        #expect(pipe.isOver)
    }

    @Test func `what is held waits for any time, also the end, and leaves whole when the way opens`() {
        var pipe = pipe(.held, holding: "abc")
        pipe.sourceEnded()
        let late = start + .seconds(3_600)
        #expect(pipe.next(at: late) == .wait(until: nil))
        #expect(!pipe.isOver)
        pipe.apply(.open, at: late)
        let (text, last) = drain(&pipe, at: late)
        #expect(text == "abc")
        #expect(last == .finish)
        #expect(!pipe.hasGap)
    }

    @Test func `what is lost never leaves, and the way has a gap from then on`() {
        var pipe = pipe(.lost, holding: "abc")
        #expect(pipe.next(at: start) == .wait(until: nil))
        pipe.apply(.open, at: start)
        #expect(pipe.next(at: start) == .wait(until: nil))
        #expect(pipe.hasGap && pipe.lost == 3 && pipe.queued == 0)
        #expect(!self.pipe(.lost).hasGap)
    }

    @Test func `an end that is lost is not told`() {
        var pipe = pipe(.lost)
        pipe.sourceEnded()
        #expect(pipe.next(at: start) == .wait(until: nil))
        #expect(pipe.hasGap && !pipe.isOver)
    }

    @Test func `delayed bytes leave when their time has come, in order whatever the jitter`() {
        var pipe = ProxyPipe(.delayed(.milliseconds(10), jitter: .milliseconds(10)), at: start)
        pipe.arrived(ArraySlice("a".utf8), at: start, jitter: 1)
        pipe.arrived(ArraySlice("b".utf8), at: start, jitter: 0)
        #expect(pipe.next(at: start + .milliseconds(19)) == .wait(until: start + .milliseconds(20)))
        #expect(drain(&pipe, at: start + .milliseconds(20)).text == "ab")
    }

    @Test func `a throttled way passes its rate and no more`() {
        var pipe = pipe(.throttled(bytesPerSecond: 1_000), holding: String(repeating: "x", count: 2_000))
        var passed = 0
        for millisecond in 0..<1_000 {
            passed += drain(&pipe, at: start + .milliseconds(millisecond)).text.utf8.count
        }
        #expect((980...1_020).contains(passed))
    }

    @Test func `a split way writes byte by byte`() {
        var pipe = pipe(.split, holding: "abc")
        #expect(pipe.next(at: start) == .write(ArraySlice("a".utf8)))
    }

    @Test func `a connection is reset after exactly its bytes`() {
        var pipe = pipe(.resetting(after: 4), holding: "abcdef")
        let (text, last) = drain(&pipe, at: start)
        #expect(text == "abcd")
        #expect(last == .reset)
    }

    @Test func `a way that is full takes no more from its source`() {
        var pipe = ProxyPipe(.held, at: start)
        #expect(pipe.wantsBytes)
        pipe.arrived(ArraySlice(repeating: 0, count: ProxyPipe.capacity), at: start, jitter: 0)
        #expect(!pipe.wantsBytes)
        pipe.targetBroke()
        #expect(pipe.wantsBytes)
    }
}
