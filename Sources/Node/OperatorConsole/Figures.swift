/// Numbers as people read them, with a dash for what is not known. A number from a node may be anything.
enum Figures {
    static let unknown = "-"
    /// Larger numbers than any that a node can mean.
    private static let limit = 1e15

    /// A rate, with one decimal below ten.
    static func rate(_ value: Double?) -> String {
        guard let value = sensible(value) else { return unknown }
        return value > 0 && value < 9.95 ? tenths(value) : whole(value)
    }

    /// A duration in seconds, in its largest unit from microseconds on.
    static func duration(_ seconds: Double?) -> String {
        guard let seconds = sensible(seconds) else { return unknown }
        if seconds >= 1 { return "\(short(seconds)) s" }
        return seconds >= 0.001 ? "\(short(seconds * 1e3)) ms" : "\(short(seconds * 1e6)) µs"
    }

    /// Bytes, in the units of memory.
    static func bytes(_ count: Int?) -> String {
        guard var value = sensible(count.map { Double($0) }) else { return unknown }
        if value < 1_024 { return "\(whole(value)) B" }
        var unit = ""
        for name in ["KiB", "MiB", "GiB", "TiB"] where value >= 1_024 {
            value /= 1_024
            unit = name
        }
        return "\(value < 99.5 ? tenths(value) : whole(value)) \(unit)"
    }

    private static func sensible(_ value: Double?) -> Double? {
        value.flatMap { $0 >= 0 && $0 < limit ? $0 : nil }
    }

    private static func whole(_ value: Double) -> String { "\(Int(value.rounded()))" }

    private static func tenths(_ value: Double) -> String {
        let count = Int((value * 10).rounded())
        return "\(count / 10).\(count % 10)"
    }

    /// One decimal below ten, if it is not zero.
    private static func short(_ value: Double) -> String {
        let text = value < 9.95 ? tenths(value) : whole(value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
