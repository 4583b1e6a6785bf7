import Timing

/// Parses the durations of the command line, up to a day: `500ms`, `30s`, `2m`, `1.5s`.
enum DurationParser {
    struct ParseError: Error, CustomStringConvertible {
        let text: String

        var description: String {
            "'\(text)' is not a duration of at most a day; expected a form such as 500ms, 30s, 1.5s or 2m"
        }
    }

    /// - Throws: `ParseError`
    static func parse(_ text: String) throws -> Duration {
        guard let duration = DurationText.parse(text, allowsFraction: true), duration <= .seconds(86_400)
        else {
            throw ParseError(text: text)
        }
        return duration
    }
}
