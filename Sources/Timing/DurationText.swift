/// A length of time as text: a number and a unit, as `500ms`, `5s`, `15m`, `12h` or `30d`.
package enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// The duration that the text means; nil for any other form, and for a number that is too large.
    ///
    /// - Parameter allowsFraction: accepts decimals, as in `1.5s`, beside whole numbers.
    package static func parse(_ text: String, allowsFraction: Bool = false) -> Duration? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || (allowsFraction && $0 == ".")) }
        guard let unit = units.first(where: { $0.suffix == text[digits.endIndex...] }) else { return nil }
        if let number = Int64(digits) {
            let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
            return overflow ? nil : .milliseconds(milliseconds)
        }
        guard allowsFraction, let number = Double(digits) else { return nil }
        let milliseconds = number * Double(unit.milliseconds)
        return milliseconds < Double(Int64.max) ? .milliseconds(milliseconds) : nil
    }

    /// The text in the largest unit that needs no fraction; exact to the millisecond.
    package static func format(_ duration: Duration) -> String {
        let milliseconds = duration.wholeMilliseconds
        guard milliseconds != 0, let unit = units.last(where: { milliseconds % $0.milliseconds == 0 }) else {
            return "0s"
        }
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}
