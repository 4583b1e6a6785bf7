/// Why a node does not start: one line that names the setting, what is wrong with it and what would be right.
package struct BadSetting: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a process that stops for this exits with (`EX_USAGE`).
    package static let exitCode: Int32 = 64

    /// The setting, or the word that was taken for one.
    package let name: String
    /// What is wrong, with what was got and what was expected; shows no secret.
    package let problem: String

    package init(_ name: String, _ problem: String) {
        self.name = name
        self.problem = problem
    }

    /// Without the program's name in front and without an end of line.
    package var description: String { "\(name): \(problem)" }
}

extension BadSetting {
    /// - Parameter source: where the value stood, as the operator knows it.
    init(_ setting: Setting, _ unfit: InvalidValue, got text: String, from source: String) {
        let got = setting.isSecret ? "" : "got \(Self.quote(text)), "
        self.init(setting.name, "\(unfit.reason), in \(source) (\(got)expected \(setting.expected))")
    }

    static func unknown(_ word: String, in source: String) -> BadSetting {
        let hint = SpellingSuggestion.name(
            to: word,
            among: SettingTable.all.map(\.name) + ["config", "help", "version"]
        )
        return BadSetting(
            quote(word, bare: true),
            "unknown, in \(source)" + (hint.map { "; did you mean \($0)?" } ?? "")
        )
    }

    /// One line of printable text, whatever came in.
    static func quote(_ text: String, bare: Bool = false) -> String {
        let shown = text.count > 80 ? text.prefix(80) + "…" : text[...]
        let quoted = String(shown).debugDescription
        return bare ? String(quoted.dropFirst().dropLast()) : quoted
    }
}
