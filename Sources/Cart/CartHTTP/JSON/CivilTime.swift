import Cart

/// A moment as people write it, by the proleptic Gregorian calendar in UTC.
struct CivilTime {
    var year: Int, month: Int, day: Int
    var hour: Int, minute: Int, second: Int, millisecond: Int
    /// Days since the last Sunday.
    var weekday: Int

    /// Howard Hinnant, "chrono-compatible low-level date algorithms" (2013), `civil_from_days`.
    init?(_ moment: Timestamp) {
        // 0000-01-01T00:00:00.000Z … 9999-12-31T23:59:59.999Z; also keeps all that follows from overflowing.
        guard (-62_167_219_200_000...253_402_300_799_999).contains(moment.milliseconds) else { return nil }
        let dayLength = 86_400_000
        let total = Int(moment.milliseconds)
        let days = (total >= 0 ? total : total - (dayLength - 1)) / dayLength
        var rest = total - days * dayLength
        // The first day of 1970 was a Thursday.
        weekday = (days % 7 + 11) % 7
        millisecond = rest % 1_000
        rest /= 1_000
        second = rest % 60
        rest /= 60
        minute = rest % 60
        hour = rest / 60
        // Years that begin in March, in eras of 400 years; never negative in the range above but in its first
        // year.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The digits of `0000-00-00T00:00:00.000Z` with their offsets.
    func digits(_ put: (Int, UInt8) -> Void) {
        func number(_ number: Int, at offset: Int, width: Int) {
            var rest = number
            for index in (offset..<offset + width).reversed() {
                put(index, UInt8(truncatingIfNeeded: rest % 10 + 0x30))
                rest /= 10
            }
        }
        number(year, at: 0, width: 4)
        number(month, at: 5, width: 2)
        number(day, at: 8, width: 2)
        number(hour, at: 11, width: 2)
        number(minute, at: 14, width: 2)
        number(second, at: 17, width: 2)
        number(millisecond, at: 20, width: 3)
    }
}
