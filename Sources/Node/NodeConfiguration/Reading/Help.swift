/// The settings as text, for the terminal and for the handbook.
package enum Help {
    /// The output of `--help`.
    static var text: String {
        var lines = [
            "cart-node serves shopping carts from memory and stores them in Redis. "
                + "Every node of a cluster serves every cart.",
            "",
            "usage: cart-node [--OPTION VALUE]...",
            "       cart-node inspect ID [--OPTION VALUE]...   "
                + "prints the stored state of a cart without changing it",
            "       cart-node doctor [--json] [--OPTION VALUE]...   "
                + "says what Redis, the cluster and the settings promise, and what not",
            "       \(ConsoleCommand.Name.status.usage)   shows the cluster, through any node",
            "       \(ConsoleCommand.Name.whereabouts.usage)   shows which node has a cart",
            "",
            "An option overrides its environment variable, which overrides the file, "
                + "which overrides the default.",
            "Durations have a unit (500ms, 5s, 15m, 12h, 30d). Sizes are bytes or have a unit (64KiB, 1MiB).",
        ]
        let general = SettingGroup(title: "General", settings: [SettingsFile.setting])
        for group in [general] + SettingTable.groups {
            lines += ["", "\(group.title):"]
            lines += group.settings.flatMap(paragraph)
        }
        lines += ["", "OpenTelemetry's environment variables (OTEL_*) set up traces: docs/tracing.md."]
        lines += ["", "  --help", "  --version", ""]
        return lines.joined(separator: "\n")
    }

    /// The handbook's table of settings, in Markdown.
    package static var table: String {
        var lines: [String] = []
        for group in SettingTable.groups {
            lines += [
                "", "### \(group.title)", "", "| option | variable | value | default | meaning |",
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
        let option = "--\(setting.name)\(setting.isFlag ? "" : " VALUE")"
        let head = "  \(option)   (\(setting.environment))\(others(setting))"
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
