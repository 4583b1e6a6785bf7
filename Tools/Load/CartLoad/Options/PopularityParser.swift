import CartWorkload

/// Parses popularities: `uniform`, `zipf:1.1`.
enum PopularityParser {
    struct ParseError: Error, CustomStringConvertible {
        let text: String

        var description: String {
            "'\(text)' is not a popularity; expected uniform, or zipf:1.1 with an exponent from 0 to 8"
        }
    }

    static func parse(_ text: String) throws -> Popularity {
        if text == "uniform" { return .uniform }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "zipf", let exponent = Double(String(parts[1])),
            (0...8).contains(exponent)
        else {
            throw ParseError(text: text)
        }
        return .zipf(exponent)
    }
}
