import Ownership
import Testing

@Suite struct StoreClockReadingTests {
    let received = ContinuousClock.now
    let time: UInt64 = 1_700_000_000_000_000

    private func time(after left: Duration, from time: UInt64? = nil) -> UInt64 {
        StoreClockReading(StoreTime(time ?? self.time), receivedAt: received)
            .time(notAfter: received + left).rawValue
    }

    @Test func `what is left of the right is counted from the receipt, in whole microseconds`() {
        #expect(time(after: .seconds(4)) == time + 4_000_000)
        #expect(time(after: .nanoseconds(1_999)) == time + 1)
        #expect(time(after: .nanoseconds(999)) == time)
    }

    /// The store executed the heartbeat 300 ms before its answer was received. Its clock shows the time 300
    /// ms before the deadline.
    @Test func `an answer that took long ends the time early, never late`() {
        let executed = received - .milliseconds(300)
        let deadline = received + .seconds(4)
        let atDeadline = time + UInt64((deadline - executed) / .microseconds(1))
        #expect(time(after: .seconds(4)) == atDeadline - 300_000)
    }

    @Test(arguments: [Duration.zero, .nanoseconds(-1), .seconds(-5)])
    func `a right that ended before the receipt leaves nothing`(left: Duration) {
        #expect(time(after: left) == 0)
        #expect(StoreTime.past == StoreTime(0))
    }

    @Test func `a time beyond what scripts read is the greatest that they read`() {
        let greatest: UInt64 = 9_007_199_254_740_990
        #expect(time(after: .seconds(9_000_000_000_000)) == greatest)
        #expect(time(after: .seconds(1), from: .max) == greatest)
        #expect(StoreTime(.max).rawValue == greatest)
    }
}
