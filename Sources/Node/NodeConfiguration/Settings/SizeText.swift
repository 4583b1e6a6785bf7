/// An amount of memory as text: a whole number of bytes, or one with `KiB` or `MiB`.
enum SizeText {
    private static let units: [(suffix: String, bytes: Int)] = [("", 1), ("KiB", 1 << 10), ("MiB", 1 << 20)]

    /// The number of bytes; nil for any other form.
    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits),
            let unit = units.first(where: { $0.suffix == text[digits.endIndex...] })
        else {
            return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    /// The text in the largest unit that needs no fraction.
    static func format(_ bytes: Int) -> String {
        guard bytes != 0, let unit = units.last(where: { bytes % $0.bytes == 0 }) else { return "0" }
        return "\(bytes / unit.bytes)\(unit.suffix)"
    }
}
