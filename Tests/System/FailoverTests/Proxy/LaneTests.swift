import Testing

@testable import ServerTesting

/// Which bytes leave a proxy when, without a socket or a clock.
@Suite struct LaneTests {
    private let start = ContinuousClock.now

    private func lane(_ passage: Passage, holding text: String = "") -> Lane {
        var lane = Lane(passage, at: start)
        if !text.isEmpty { lane.arrived(ArraySlice(text.utf8), at: start, luck: 0.5) }
        return lane
    }

    /// What can be written at once.
    private func drain(_ lane: inout Lane, at now: ContinuousClock.Instant) -> (text: String, last: Lane.Step)
    {
        var bytes: [UInt8] = []
        while true {
            let step = lane.next(at: now)
            guard case .write(let piece) = step else { return (String(decoding: bytes, as: UTF8.self), step) }
            bytes += piece
            lane.wrote(piece.count, at: now)
        }
    }

    @Test func `bytes on an open way leave at once, and the end after them`() {
        var lane = lane(.open, holding: "abc")
        lane.sourceEnded()
        let (text, last) = drain(&lane, at: start)
        #expect(text == "abc")
        #expect(last == .finish)
        lane.finished()
        #expect(lane.isOver)
    }

    @Test func `what is held waits for any time, also the end, and leaves whole when the way opens`() {
        var lane = lane(.held, holding: "abc")
        lane.sourceEnded()
        let late = start + .seconds(3_600)
        #expect(lane.next(at: late) == .wait(until: nil))
        #expect(!lane.isOver)
        lane.obey(.open, at: late)
        let (text, last) = drain(&lane, at: late)
        #expect(text == "abc")
        #expect(last == .finish)
        #expect(!lane.hasGap)
    }

    @Test func `what is lost never leaves, and the way has a gap from then on`() {
        var lane = lane(.lost, holding: "abc")
        #expect(lane.next(at: start) == .wait(until: nil))
        lane.obey(.open, at: start)
        #expect(lane.next(at: start) == .wait(until: nil))
        #expect(lane.hasGap)
        #expect(!self.lane(.lost).hasGap)
    }

    @Test func `an end that is lost is not told`() {
        var lane = lane(.lost)
        lane.sourceEnded()
        #expect(lane.next(at: start) == .wait(until: nil))
        #expect(lane.hasGap && !lane.isOver)
    }

    @Test func `delayed bytes leave when their time has come, in order whatever the jitter`() {
        var lane = Lane(.delayed(.milliseconds(10), jitter: .milliseconds(10)), at: start)
        lane.arrived(ArraySlice("a".utf8), at: start, luck: 1)
        lane.arrived(ArraySlice("b".utf8), at: start, luck: 0)
        #expect(lane.next(at: start + .milliseconds(19)) == .wait(until: start + .milliseconds(20)))
        #expect(drain(&lane, at: start + .milliseconds(20)).text == "ab")
    }

    @Test func `a throttled way passes its rate and no more`() {
        var lane = lane(.throttled(bytesPerSecond: 1_000), holding: String(repeating: "x", count: 2_000))
        var passed = 0
        for millisecond in 0..<1_000 {
            passed += drain(&lane, at: start + .milliseconds(millisecond)).text.utf8.count
        }
        #expect((980...1_020).contains(passed))
    }

    @Test func `a split way writes byte by byte`() {
        var lane = lane(.split, holding: "abc")
        #expect(lane.next(at: start) == .write(ArraySlice("a".utf8)))
    }

    @Test func `a connection is reset after exactly its bytes`() {
        var lane = lane(.resetting(after: 4), holding: "abcdef")
        let (text, last) = drain(&lane, at: start)
        #expect(text == "abcd")
        #expect(last == .reset)
    }

    @Test func `a way that is full takes no more from its source`() {
        var lane = Lane(.held, at: start)
        #expect(lane.wantsBytes)
        lane.arrived(ArraySlice(repeating: 0, count: Lane.capacity), at: start, luck: 0)
        #expect(!lane.wantsBytes)
        lane.targetBroke()
        #expect(lane.wantsBytes)
    }
}
