import SeededRandom
import Testing

@testable import ActorRuntime

@Suite struct TimingWheelTests {
    let start = ContinuousClock.now

    private var wheel: TimingWheel<Int> { TimingWheel(tick: .milliseconds(100), from: start) }

    private func instant(_ milliseconds: Int) -> ContinuousClock.Instant {
        start + .milliseconds(milliseconds)
    }

    @Test func `nothing comes before its time, and all of it within a tick`() {
        var wheel = wheel
        for (number, due) in [250, 0, 100, 101, 1_000].enumerated() {
            wheel.note(number, at: instant(due))
        }
        #expect(wheel.take(until: instant(99)).isEmpty)
        #expect(wheel.take(until: instant(100)) == [1, 2])
        #expect(wheel.take(until: instant(199)).isEmpty)
        #expect(wheel.take(until: instant(200)) == [3])
        #expect(Array(wheel.elements) == [0, 4])
        #expect(wheel.take(until: instant(5_000)) == [0, 4])
        #expect(wheel.take(until: instant(9_000)).isEmpty)
    }

    @Test func `what is due already comes next`() {
        var wheel = wheel
        _ = wheel.take(until: instant(1_000))
        wheel.note(1, at: start)
        #expect(wheel.take(until: instant(1_099)).isEmpty)
        #expect(wheel.take(until: instant(1_100)) == [1])
    }

    @Test func `what is far away waits, and what can never be does no harm`() {
        var wheel = wheel
        let year = Duration.seconds(86_400 * 365)
        wheel.note(1, at: start + year)
        wheel.note(2, at: start + .seconds(Int64.max / 4))
        #expect(wheel.take(until: start + year - .nanoseconds(1)).isEmpty)
        #expect(wheel.take(until: start + year) == [1])
        #expect(Array(wheel.elements) == [2])
    }

    @Test func `a clock that jumps far ahead costs nothing`() {
        var wheel = wheel
        wheel.note(1, at: instant(300))
        let later = start + .seconds(86_400 * 3_650)
        #expect(wheel.take(until: later) == [1])
        wheel.note(2, at: later + .milliseconds(150))
        #expect(wheel.take(until: later + .milliseconds(149)).isEmpty)
        #expect(wheel.take(until: later + .milliseconds(200)) == [2])
    }

    @Test func `it agrees with a plain list, whatever is noted and taken`() {
        var generator = SplitMix64(seed: 11)
        var wheel = wheel
        var model: [(element: Int, due: ContinuousClock.Instant)] = []
        var now = start
        for step in 0..<5_000 {
            if Int.random(in: 0..<3, using: &generator) > 0 {
                let due = now + .milliseconds(Int.random(in: -50..<2_000, using: &generator))
                wheel.note(step, at: due)
                model.append((step, max(due, now)))
            } else {
                now += .milliseconds(Int.random(in: 0..<400, using: &generator))
                let taken = Set(wheel.take(until: now))
                let due = Set(model.filter { $0.due <= now - .milliseconds(100) }.map(\.element))
                let mayBe = Set(model.filter { $0.due <= now }.map(\.element))
                #expect(due.isSubset(of: taken))
                #expect(taken.isSubset(of: mayBe))
                model.removeAll { taken.contains($0.element) }
            }
            #expect(Array(wheel.elements).count == model.count)
        }
    }
}
