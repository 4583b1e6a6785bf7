import Testing
import Timing

@Suite struct BackoffTests {
    @Test func `pauses double up to their ceiling, with jitter below the step only`() {
        var backoff = Backoff(floor: .milliseconds(10), ceiling: .milliseconds(80))
        var generator = SystemRandomNumberGenerator()
        for step in [10, 20, 40, 80, 80] {
            let pause = backoff.nextPause(using: &generator)
            #expect(pause <= .milliseconds(step))
            #expect(pause >= .milliseconds(step) / 2)
        }
    }

    @Test func `with full jitter a pause lies between the floor and a bound that doubles`() {
        var backoff = Backoff(floor: .milliseconds(50), ceiling: .seconds(2), jitter: .full)
        let longest = (0..<8).map { _ in backoff.nextPause(draw: 1) }
        #expect(longest == [100, 200, 400, 800, 1600, 2000, 2000, 2000].map { .milliseconds($0) })
        #expect(backoff.nextPause(draw: 0) == .milliseconds(50))
    }

    @Test func `without jitter the draw does not matter`() {
        var backoff = Backoff(floor: .milliseconds(100), ceiling: .milliseconds(500), jitter: .none)
        let pauses = [0, 1, 0.5, 0, 1].map { backoff.nextPause(draw: $0) }
        #expect(pauses == [100, 200, 400, 500, 500].map { .milliseconds($0) })
    }

    @Test(arguments: [Backoff.Jitter.none, .half, .full])
    func `any number of failures leads to the ceiling`(_ jitter: Backoff.Jitter) {
        var backoff = Backoff(floor: .milliseconds(50), ceiling: .seconds(2), jitter: jitter)
        for _ in 0..<10_000 { _ = backoff.nextPause(draw: 1) }
        #expect(backoff.nextPause(draw: 1) == .seconds(2))
        #expect(backoff.pause(afterFailures: .max, draw: 1) == .seconds(2))
        let endless = Backoff(floor: .seconds(1), ceiling: .seconds(Int64.max), jitter: jitter)
        #expect(endless.pause(afterFailures: .max, draw: 0) >= .seconds(1))
    }

    @Test func `after a success the first pause comes again`() {
        var backoff = Backoff(floor: .milliseconds(50), ceiling: .seconds(2), jitter: .full)
        for _ in 0..<5 { _ = backoff.nextPause(draw: 1) }
        backoff.reset()
        #expect(backoff.nextPause(draw: 0.5) == .milliseconds(75))
    }

    @Test func `a ceiling below the floor counts as the floor`() {
        var backoff = Backoff(floor: .seconds(3), ceiling: .seconds(1), jitter: .full)
        for _ in 0..<3 { #expect(backoff.nextPause(draw: 1) == .seconds(3)) }
    }

    @Test func `no pause at all is a back-off, too`() {
        let backoff = Backoff(floor: .zero, ceiling: .seconds(1))
        #expect(backoff.pause(afterFailures: .max, draw: 1) == .zero)
        #expect(backoff.pause(afterFailures: .min, draw: 1) == .zero)
    }
}
