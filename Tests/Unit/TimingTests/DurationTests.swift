import Testing
import Timing

@Suite struct DurationTests {
    @Test func `whole units are rounded towards zero`() {
        let time: Duration = .seconds(3) + .nanoseconds(456_789_999)
        #expect(time.wholeNanoseconds == 3_456_789_999)
        #expect(time.wholeMicroseconds == 3_456_789)
        #expect(time.wholeMilliseconds == 3_456)
        #expect(time.wholeSeconds == 3)
        #expect((.zero - time).wholeMilliseconds == -3_456)
    }

    @Test func `a duration beyond the range is clamped`() {
        let long: Duration = .seconds(Int64.max)
        #expect(long.wholeSeconds == .max)
        #expect(long.wholeMilliseconds == .max)
        #expect(long.wholeMicroseconds == .max)
        #expect(long.wholeNanoseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeNanoseconds == .min)
    }

    @Test func `seconds are rounded up from the smallest fraction`() {
        #expect(Duration.zero.secondsRoundedUp == 0)
        #expect(Duration(attoseconds: 1).secondsRoundedUp == 1)
        #expect(Duration.seconds(2).secondsRoundedUp == 2)
        #expect(Duration.milliseconds(2_001).secondsRoundedUp == 3)
        #expect(Duration.milliseconds(-1_500).secondsRoundedUp == -1)
        #expect((Duration.seconds(Int64.max) + .milliseconds(1)).secondsRoundedUp == .max)
    }
}
