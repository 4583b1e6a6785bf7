import Cart

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// A moment that was written, and where.
struct WrittenMoment {
    /// The first millisecond of its day.
    let day: Int64
    /// The place of its year.
    let offset: Int
}

extension JSONWriter {
    private static var dayLength: Int64 { 86_400_000 }

    /// A moment as RFC 3339 has it, in UTC with milliseconds: `"2026-11-22T16:09:17.042Z"`; null where it
    /// lies outside of the years 0000…9999 that can be so written.
    mutating func timestamp(_ moment: Timestamp?) {
        guard let moment else { return raw("null") }
        if let last = lastMoment {
            let (sinceMidnight, overflow) = moment.milliseconds.subtractingReportingOverflow(last.day)
            if !overflow, (0..<Self.dayLength).contains(sinceMidnight) {
                return timestamp(after: last, Int(sinceMidnight))
            }
        }
        guard let time = CivilTime(moment) else { return raw("null") }
        let offset = count + 1
        raw("\"0000-00-00T00:00:00.000Z\"")
        overwrite(last: 25) { bytes in
            time.digits { offset, digit in bytes[offset] = digit }
        }
        let sinceMidnight = ((time.hour * 60 + time.minute) * 60 + time.second) * 1_000 + time.millisecond
        lastMoment = WrittenMoment(day: moment.milliseconds - Int64(sinceMidnight), offset: offset)
    }

    /// A moment of the same day as the last one that was written.
    ///
    /// - Parameter milliseconds: since midnight.
    private mutating func timestamp(after last: WrittenMoment, _ milliseconds: Int) {
        raw("\"")
        again(last.offset..<last.offset + 11)
        raw("00:00:00.000Z\"")
        overwrite(last: 14) { bytes in
            func digits(_ number: Int, at offset: Int) {
                bytes[offset] = UInt8(truncatingIfNeeded: number / 10 + 0x30)
                bytes[offset + 1] = UInt8(truncatingIfNeeded: number % 10 + 0x30)
            }
            let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
            let (minutes, second) = seconds.quotientAndRemainder(dividingBy: 60)
            digits(minutes / 60, at: 0)
            digits(minutes % 60, at: 3)
            digits(second, at: 6)
            bytes[9] = UInt8(truncatingIfNeeded: rest / 100 + 0x30)
            digits(rest % 100, at: 10)
        }
    }
}
