import Cart

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// The date of answers, written once a second.
struct HTTPDate {
    private var second: Int64 = .min
    private var text: String?

    /// A moment as `Date` has it (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`; nil outside of the years
    /// 0000…9999.
    mutating func text(at moment: Timestamp) -> String? {
        let second = moment.milliseconds / 1_000
        if second != self.second {
            self.second = second
            text = Self.written(moment)
        }
        return text
    }

    private static func written(_ moment: Timestamp) -> String? {
        guard let time = CivilTime(moment) else { return nil }
        return String(unsafeUninitializedCapacity: 29) { bytes in
            func put(_ names: StaticString, _ index: Int, at offset: Int) {
                for place in 0..<3 {
                    bytes.initializeElement(at: offset + place, to: names.utf8Start[index * 3 + place])
                }
            }
            func put(_ number: Int, at offset: Int, width: Int) {
                var rest = number
                for place in (offset..<offset + width).reversed() {
                    let digit = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
                    bytes.initializeElement(at: place, to: digit)
                    rest /= 10
                }
            }
            _ = bytes.initialize(fromContentsOf: "Day, 00 Mon 0000 00:00:00 GMT".utf8)
            put("SunMonTueWedThuFriSat", time.weekday, at: 0)
            put(time.day, at: 5, width: 2)
            put("JanFebMarAprMayJunJulAugSepOctNovDec", time.month - 1, at: 8)
            put(time.year, at: 12, width: 4)
            put(time.hour, at: 17, width: 2)
            put(time.minute, at: 20, width: 2)
            put(time.second, at: 23, width: 2)
            return 29
        }
    }
}
