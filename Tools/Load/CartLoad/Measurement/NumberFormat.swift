/// Numbers formatted for people.
enum NumberFormat {
    static func seconds(_ duration: Duration) -> String {
        "\(fixed(duration / .seconds(1), 1)) s"
    }

    /// A number of microseconds with three significant digits in the unit that fits: `12.3 ms`.
    static func latency(_ microseconds: UInt64) -> String {
        switch microseconds {
        case ..<1_000: "\(microseconds) µs"
        case ..<10_000: "\(fixed(Double(microseconds) / 1_000, 2)) ms"
        case ..<100_000: "\(fixed(Double(microseconds) / 1_000, 1)) ms"
        case ..<1_000_000: "\(microseconds / 1_000) ms"
        default: "\(fixed(Double(microseconds) / 1_000_000, 2)) s"
        }
    }

    /// A power of ten in microseconds: `10 ms`, `1 s`.
    static func powerOfTen(_ microseconds: Double) -> String {
        if microseconds < 1_000 { return "\(plain(microseconds)) µs" }
        if microseconds < 1_000_000 { return "\(plain(microseconds / 1_000)) ms" }
        return "\(plain(microseconds / 1_000_000)) s"
    }

    static func percent(_ share: Double) -> String { "\(plain(share * 100)) %" }

    /// At most two decimals, without trailing zeros.
    static func plain(_ number: Double) -> String {
        var text = fixed(number, 2)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// A fixed number of decimals.
    static func fixed(_ number: Double, _ digits: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((abs(number) * scale).rounded())
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + grouped(scaled) }
        let fraction = String(scaled % Int64(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(sign)\(scaled / Int64(scale)).\(zeros)\(fraction)"
    }

    /// A narrow no-break space between groups of three digits.
    static func grouped(_ number: some BinaryInteger) -> String {
        var digits = Array(String(number))
        var place = digits.count - 3
        while place > (digits.first == "-" ? 1 : 0) {
            digits.insert("\u{202F}", at: place)
            place -= 3
        }
        return String(digits)
    }
}
