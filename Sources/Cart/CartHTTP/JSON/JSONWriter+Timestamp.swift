import Cart

extension JSONWriter {
    /// A moment as RFC 3339 has it, in UTC with milliseconds: `"2026-11-22T16:09:17.042Z"`; null where it
    /// lies outside of the years 0000…9999 that can be so written.
    mutating func timestamp(_ moment: Timestamp?) {
        guard let moment, let time = CivilTime(moment) else { return raw("null") }
        raw("\"0000-00-00T00:00:00.000Z\"")
        overwrite(last: 25) { bytes in
            time.digits { offset, digit in bytes[offset] = digit }
        }
    }
}
