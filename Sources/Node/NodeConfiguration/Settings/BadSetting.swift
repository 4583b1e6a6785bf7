/// The reason why a node does not start: one line that names the setting, the error and the expectation.
package struct BadSetting: Error, Sendable, Hashable, CustomStringConvertible {
    /// The exit status of a process that stops for this reason (`EX_USAGE`).
    package static let exitCode: Int32 = 64

    /// The setting, or the word that was given in place of one.
    package let name: String
    /// The error, with the given value and the expected one; shows no secret.
    package let problem: String

    package init(_ name: String, problem: String) {
        self.name = name
        self.problem = problem
    }

    /// One line, without the program's name.
    package var description: String { "\(name): \(problem)" }
}

extension BadSetting {
    /// - Parameter source: the place of the value, in the operator's words.
    init(_ setting: Setting, _ invalid: InvalidValue, got text: String, from source: String) {
        let got = setting.isSecret ? "" : "got \(Self.quote(text)), "
        self.init(
            setting.name,
            problem: "\(invalid.reason), in \(source) (\(got)expected \(setting.expected))"
        )
    }

    static func unknown(_ word: String, in source: String) -> BadSetting {
        let hint = SpellingSuggestion.name(
            to: word,
            among: SettingTable.all.map(\.name) + ["config", "help", "version"]
        )
        return BadSetting(
            name(in: word),
            problem: "unknown, in \(source)" + (hint.map { "; did you mean \($0)?" } ?? "")
        )
    }

    /// The beginning of a word that can be a name. What follows may be a value, and a secret.
    static func name(in word: String) -> String {
        let name = word.prefix(64).prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        return name.count == word.count && !name.isEmpty ? word : "\(name)…"
    }

    /// One line of printable text, whatever the input.
    static func quote(_ text: String, bare: Bool = false) -> String {
        let shown = text.count > 80 ? text.prefix(80) + "…" : text[...]
        let quoted = String(shown).debugDescription
        return bare ? String(quoted.dropFirst().dropLast()) : quoted
    }
}
