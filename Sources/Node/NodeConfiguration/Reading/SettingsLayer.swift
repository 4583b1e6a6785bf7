import Configuration

/// One source of settings: the command line, the environment or a file.
struct SettingsLayer: Sendable {
    private enum Origin: Sendable {
        case commandLine
        case environment
        case file(String)
    }

    private let place: Origin
    private let snapshot: any ConfigSnapshot

    /// All sources, the strongest first.
    static func layers(arguments: [String], environment: [String: String]) throws(BadSetting)
        -> [SettingsLayer]
    {
        let commandLine = SettingsLayer(
            place: .commandLine,
            snapshot: CommandLineArgumentsProvider(arguments: ["cart-node"] + arguments).snapshot()
        )
        let provider = EnvironmentVariablesProvider(
            environmentVariables: EnvironmentNames.settings(in: environment)
        )
        let variables = SettingsLayer(place: .environment, snapshot: provider.snapshot())
        var path = try commandLine.text(of: SettingsFile.setting)
        if path == nil { path = try variables.text(of: SettingsFile.setting) }
        guard let path else { return [commandLine, variables] }
        let file = SettingsLayer(place: .file(path), snapshot: try SettingsFile.read(path))
        return [commandLine, variables, file]
    }

    /// The place of a setting in this source, in the operator's words.
    func source(_ setting: Setting) -> String {
        switch place {
        case .commandLine: "--\(setting.name)"
        case .environment: setting.environment
        case .file(let path): BadSetting.quote(path, bare: true)
        }
    }

    /// The text of a setting in this source, as it was written; nil if it is not there.
    func text(of setting: Setting) throws(BadSetting) -> String? {
        do {
            switch place {
            case .commandLine:
                // The provider splits values at commas; here a comma means nothing.
                guard case .stringArray(let parts)? = try value(setting.name, .stringArray) else {
                    return nil
                }
                return parts.joined(separator: ",")
            case .environment: return try string(setting.environment)
            case .file:
                return try string(setting.name, otherwise: setting.isFlag ? [.bool] : [.int, .double])
            }
        } catch {
            throw BadSetting(
                setting.name,
                problem: "not a plain value, in \(source(setting)) (expected \(setting.expected))"
            )
        }
    }

    /// The text of a setting under its own name, or else under those that other programs have for it, and its
    /// place.
    func entry(of setting: Setting) throws(BadSetting) -> (text: String, source: String)? {
        if let text = try text(of: setting) { return (text, source(setting)) }
        guard case .environment = place else { return nil }
        var found: (text: String, source: String)?
        for alias in setting.aliases {
            guard let text = try variable(alias.variable, setting) else { continue }
            let meant = alias.translate(text)
            if let found, found.text != meant {
                throw BadSetting(
                    setting.name,
                    problem:
                        "\(found.source) and \(alias.variable) contradict each other "
                        + "(expected one of them, or \(setting.environment))"
                )
            }
            found = found ?? (meant, alias.variable)
        }
        return found
    }

    private func variable(_ name: String, _ setting: Setting) throws(BadSetting) -> String? {
        do {
            return try string(name)
        } catch {
            throw BadSetting(
                setting.name,
                problem: "not a plain value, in \(name) (expected \(setting.expected))"
            )
        }
    }

    private func value(_ key: String, _ type: ConfigType) throws -> ConfigContent? {
        try snapshot.value(forKey: AbsoluteConfigKey([key]), type: type).value?.content
    }

    /// The text of a value of any type that a file may have: JSON tells numbers and truth values from text.
    private func string(_ key: String, otherwise types: [ConfigType] = []) throws -> String? {
        let first: any Error
        do {
            guard case .string(let text)? = try value(key, .string) else { return nil }
            return text
        } catch {
            first = error
        }
        for type in types {
            do {
                switch try value(key, type) {
                case .int(let number)?: return "\(number)"
                case .bool(let truth)?: return "\(truth)"
                case .double(let number)?: return "\(number)"
                case _: continue
                }
            } catch {
                continue
            }
        }
        throw first
    }
}
