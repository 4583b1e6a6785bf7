import PercentEncoding

/// A reading of environment variables by OpenTelemetry's rules: an empty one counts as unset, and one that makes
/// no sense is ignored with a warning.
struct EnvironmentReading {
    private let environment: [String: String]
    private(set) var warnings: [String] = []

    init(_ environment: [String: String]) {
        self.environment = environment
    }

    subscript(name: String) -> String? {
        guard let text = environment[name], !text.isEmpty else { return nil }
        return text
    }

    func firstSet(of names: String...) -> String? { names.first { self[$0] != nil } }

    mutating func ignore(_ name: String, because why: String) {
        let line = "\(name) is ignored: \(why)"
        if !warnings.contains(line) { warnings.append(line) }
    }

    /// True for `true`, whatever its case; false for all else.
    mutating func flag(_ name: String) -> Bool {
        guard let text = self[name]?.lowercased() else { return false }
        if text != "true", text != "false" {
            ignore(name, because: "neither true nor false, so it counts as false")
        }
        return text == "true"
    }

    /// A number above 0.
    mutating func count(_ name: String) -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), (1...1_000_000).contains(number) else {
            ignore(name, because: "not a number from 1 to 1000000 (got \(text))")
            return nil
        }
        return number
    }

    mutating func milliseconds(_ name: String) -> Duration? {
        guard let text = self[name] else { return nil }
        guard let number = Int64(text), (1...3_600_000).contains(number) else {
            ignore(name, because: "not a number of milliseconds from 1 to 3600000 (got \(text))")
            return nil
        }
        return .milliseconds(number)
    }

    /// The pairs of `a=b,c=d`, whose values are percent-encoded; none where one of them is malformed.
    mutating func pairs(_ name: String) -> [(name: String, value: String)] {
        guard let text = self[name] else { return [] }
        var pairs: [(name: String, value: String)] = []
        for part in text.utf8.split(separator: UInt8(ascii: ",")) {
            let halves = part.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard halves.count == 2, let key = Self.word(halves[0]), let value = Self.word(halves[1]),
                !key.isEmpty
            else {
                ignore(name, because: "not of the form name=value,name=value with percent-encoded values")
                return []
            }
            pairs.append((key, value))
        }
        return pairs
    }

    /// Header fields. The warning shows no value, as it may be a secret.
    mutating func headers(_ name: String) -> [TraceSettings.Header] {
        let pairs = pairs(name)
        guard pairs.allSatisfy({ Self.isFieldName($0.name) && Self.isFieldValue($0.value) }) else {
            ignore(name, because: "not header fields")
            return []
        }
        return pairs.map { TraceSettings.Header(name: $0.name, value: $0.value) }
    }

    private static func isFieldName(_ text: String) -> Bool {
        text.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "-_.".utf8.contains($0)
        }
    }

    private static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    }

    private static func word(_ text: Substring.UTF8View) -> String? {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return PercentEncoding.decode(text)
    }
}
