/// The settings as text, for the terminal and for the handbook.
package enum Help {
    /// What `--help` prints.
    static var text: String {
        var lines = [
            "cart-node: serves shopping carts from memory and keeps them in Redis; any node of a cluster serves any cart.",
            "",
            "usage: cart-node [--OPTION VALUE]...",
            "       cart-node inspect ID [--OPTION VALUE]...   prints what lies in Redis for a cart, and changes nothing",
            "",
            "An option goes before its environment variable, that before the file, and that before the default.",
            "Durations are written with a unit (500ms, 5s, 15m, 12h, 30d), sizes in bytes or with one (64KiB, 1MiB).",
        ]
        let general = SettingGroup(title: "General", settings: [SettingsFile.setting])
        for group in [general] + SettingTable.groups {
            lines += ["", "\(group.title):"]
            lines += group.settings.flatMap(paragraph)
        }
        lines += ["", "  --help", "  --version", ""]
        return lines.joined(separator: "\n")
    }

    /// The handbook's table of settings, in Markdown.
    package static var table: String {
        var lines: [String] = []
        for group in SettingTable.groups {
            lines += [
                "", "### \(group.title)", "", "| option | variable | value | default | what it decides |",
            ]
            lines += ["|---|---|---|---|---|"]
            for setting in group.settings {
                let cells = [
                    "`--\(setting.name)`", variables(setting), setting.expected, setting.defaultText,
                    setting.meaning,
                ]
                lines.append("| \(cells.joined(separator: " | ")) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func others(_ setting: Setting) -> String {
        setting.aliases.isEmpty
            ? "" : ", else (\(setting.aliases.map(\.variable).joined(separator: ", ")))"
    }

    private static func variables(_ setting: Setting) -> String {
        ([setting.environment] + setting.aliases.map(\.variable)).map { "`\($0)`" }.joined(
            separator: ", else "
        )
    }

    private static func paragraph(_ setting: Setting) -> [String] {
        let head =
            "  --\(setting.name)\(setting.isFlag ? "" : " VALUE")   (\(setting.environment))\(others(setting))"
        let text = "\(setting.meaning): \(setting.expected); default: \(setting.defaultText)."
        return [head] + wrapped(text.filter { $0 != "`" }, to: 90).map { "      " + $0 }
    }

    private static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
