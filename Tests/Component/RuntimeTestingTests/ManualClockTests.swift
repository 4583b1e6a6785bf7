import ActorRuntime
import RuntimeTesting
import Synchronization
import Testing

@Suite struct ManualClockTests {
    private final class Recorder: Sendable {
        private let entries = Mutex<[Int]>([])

        var all: [Int] { entries.withLock { $0 } }
        func record(_ entry: Int) { entries.withLock { $0.append(entry) } }
    }

    @Test func `time passes only when it is told to`() {
        let clock = ManualClock()
        let start = clock.now
        #expect(clock.now == start)
        clock.advance(by: .seconds(3))
        #expect(clock.now == start + .seconds(3))
    }

    @Test func `a sleep until now or before returns at once`() async throws {
        let clock = ManualClock()
        try await clock.sleep(until: clock.now)
        try await clock.sleep(until: clock.now - .seconds(1))
        #expect(clock.nextDeadline == nil)
    }

    @Test func `sleepers wake when their time has come, and not before`() async throws {
        let clock = ManualClock()
        let start = clock.now
        let woken = Recorder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try await clock.sleep(until: start + .seconds(seconds))
                    woken.record(seconds)
                }
            }
            await clock.sleepers(atLeast: 3)
            #expect(clock.nextDeadline == start + .seconds(1))
            clock.advance(by: .milliseconds(999))
            #expect(clock.nextDeadline == start + .seconds(1))
            for expected in [[1], [1, 2], [1, 2, 3]] {
                clock.advance(by: .milliseconds(1_000))
                try await group.next()
                #expect(woken.all == expected)
            }
        }
    }

    @Test func `a test can wait for a sleeper of a certain length`() async throws {
        let clock = ManualClock()
        let start = clock.now
        async let short: Void = clock.sleep(until: start + .seconds(1))
        await clock.sleepers(atLeast: 1)
        async let long: Void = clock.sleep(until: start + .seconds(9))
        await clock.sleeper(untilAtLeast: start + .seconds(5))
        clock.advance(by: .seconds(1))
        try await short
        #expect(clock.nextDeadline == start + .seconds(9))
        clock.advance(by: .seconds(8))
        try await long
    }

    @Test func `a cancelled sleep fails, whether it was cancelled before or after it began`() async {
        let clock = ManualClock()
        let deadline = clock.now + .seconds(1)
        let sleeping = Task { try await clock.sleep(until: deadline) }
        await clock.sleepers(atLeast: 1)
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        #expect(clock.nextDeadline == nil)
        let cancelledEarly = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(until: deadline)
        }
        await #expect(throws: CancellationError.self) { try await cancelledEarly.value }
        #expect(clock.nextDeadline == nil)
    }
}
