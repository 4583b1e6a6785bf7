/// Durations as people write them: `500ms`, `30s`, `2m`, `1.5s`.
enum DurationParser {
    struct ParseError: Error, CustomStringConvertible {
        let text: String

        var description: String { "'\(text)' is no duration: write it as 500ms, 30s, 1.5s or 2m" }
    }

    /// - Throws: `ParseError`, also where it is above a day.
    static func read(_ text: some StringProtocol) throws -> Duration {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(String(digits)), number >= 0 else { throw ParseError(text: String(text)) }
        let seconds: Double
        switch text.dropFirst(digits.count) {
        case "ms": seconds = number / 1_000
        case "s": seconds = number
        case "m": seconds = number * 60
        default: throw ParseError(text: String(text))
        }
        guard seconds <= 86_400 else { throw ParseError(text: String(text)) }
        return .seconds(seconds)
    }
}
