/// Amounts in the words of findings.
enum Words {
    /// A number of bytes in the largest binary unit, with a decimal below ten.
    static func bytes(_ bytes: some BinaryInteger) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, at) = (Double(bytes), 0)
        while value >= 1_024, at < units.count - 1 {
            value /= 1_024
            at += 1
        }
        return at == 0 || value >= 10
            ? "\(Int(value.rounded())) \(units[at])" : "\(tenths(value)) \(units[at])"
    }

    /// A duration in a unit that suits it.
    static func duration(_ duration: Duration) -> String {
        let parts = min(max(.zero, duration), .seconds(1 << 53)).components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
        return switch seconds {
        case ..<0.000_95: "\(Int((seconds * 1e6).rounded())) µs"
        case ..<0.95:
            seconds < 0.009_5 ? "\(tenths(seconds * 1e3)) ms" : "\(Int((seconds * 1e3).rounded())) ms"
        case ..<120: seconds < 9.95 ? "\(tenths(seconds)) s" : "\(Int(seconds.rounded())) s"
        case ..<7_200: "\(Int((seconds / 60).rounded())) min"
        case ..<172_800: "\(Int((seconds / 3_600).rounded())) h"
        case _: "\(Int((seconds / 86_400).rounded())) days"
        }
    }

    /// `1 node`, `2 nodes`.
    static func count(_ count: some BinaryInteger, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// Some names, with the number of those left out.
    static func list(_ names: [String], atMost limit: Int = 5) -> String {
        let shown = names.prefix(limit).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }

    /// The text as one line of limited length without what a terminal would obey: names and reasons come
    /// from others.
    static func printable(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(lineLimit).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: Unicode.Scalar("?")
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(shown))
    }

    /// The most characters of a text.
    private static let lineLimit = 1_000

    /// What somebody else said, as the end of a sentence.
    static func quoted(_ text: String) -> Substring {
        var text = text[...]
        while text.last == "." { text.removeLast() }
        return text
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
