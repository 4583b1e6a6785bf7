import Foundation
import Timing

extension Setting {
    static func duration(
        _ name: String,
        _ place: SettingKeyPath<Duration>,
        in range: ClosedRange<Duration>,
        defaultText: String? = nil,
        meaning: String
    ) -> Setting {
        Setting(
            name: name,
            environment: variable(name),
            expected:
                "a duration in \(DurationText.format(range.lowerBound))"
                + "…\(DurationText.format(range.upperBound))",
            defaultText: defaultText ?? DurationText.format(NodeSettings()[keyPath: place]),
            meaning: meaning
        ) { text, settings throws(InvalidValue) in
            guard let value = DurationText.parse(text) else {
                throw InvalidValue("not a duration with a unit (ms, s, m, h or d)")
            }
            guard range.contains(value) else { throw InvalidValue("out of range") }
            settings[keyPath: place] = value
        }
    }

    static func count<Number: FixedWidthInteger & Sendable>(
        _ name: String,
        _ place: SettingKeyPath<Number>,
        in range: ClosedRange<Number>,
        defaultText: String? = nil,
        meaning: String
    ) -> Setting {
        Setting(
            name: name,
            environment: variable(name),
            expected: "a whole number in \(range.lowerBound)…\(range.upperBound)",
            defaultText: defaultText ?? "\(NodeSettings()[keyPath: place])",
            meaning: meaning
        ) { text, settings throws(InvalidValue) in
            guard SettingSyntax.isNumber(text) else { throw InvalidValue("not a whole number") }
            guard let value = Number(text), range.contains(value) else { throw InvalidValue("out of range") }
            settings[keyPath: place] = value
        }
    }

    static func port(_ name: String, _ place: SettingKeyPath<Int>, meaning: String) -> Setting {
        count(name, place, in: 1...65_535, meaning: meaning)
    }

    /// A port, or `off`.
    static func optionalPort(
        _ name: String,
        _ place: SettingKeyPath<Int?>,
        aliases: [Alias] = [],
        meaning: String
    ) -> Setting {
        Setting(
            name: name,
            environment: variable(name),
            expected: "off, or a whole number in 1…65535",
            defaultText: NodeSettings()[keyPath: place].map { "\($0)" } ?? off,
            meaning: meaning,
            aliases: aliases
        ) { text, settings throws(InvalidValue) in
            if text == off {
                settings[keyPath: place] = nil
                return
            }
            guard let port = SettingSyntax.port(text) else { throw InvalidValue("neither off nor a port") }
            settings[keyPath: place] = port
        }
    }

    private static var off: String { "off" }

    static func size(
        _ name: String,
        _ place: SettingKeyPath<Int>,
        in range: ClosedRange<Int>,
        meaning: String
    ) -> Setting {
        Setting(
            name: name,
            environment: variable(name),
            expected: "a size in \(SizeText.format(range.lowerBound))…\(SizeText.format(range.upperBound))",
            defaultText: SizeText.format(NodeSettings()[keyPath: place]),
            meaning: meaning
        ) { text, settings throws(InvalidValue) in
            guard let value = SizeText.parse(text) else {
                throw InvalidValue("not a size in bytes, KiB or MiB")
            }
            guard range.contains(value) else { throw InvalidValue("out of range") }
            settings[keyPath: place] = value
        }
    }

    static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String,
        _ place: SettingKeyPath<Value>,
        meaning: String
    ) -> Setting {
        Setting(
            name: name,
            environment: variable(name),
            expected: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            defaultText: NodeSettings()[keyPath: place].rawValue,
            meaning: meaning
        ) { text, settings throws(InvalidValue) in
            guard let value = Value(rawValue: text) else { throw InvalidValue("not one of those") }
            settings[keyPath: place] = value
        }
    }

    static func flag(_ name: String, _ place: SettingKeyPath<Bool>, meaning: String) -> Setting {
        Setting(
            name: name,
            environment: variable(name),
            expected: "true or false",
            defaultText: "\(NodeSettings()[keyPath: place])",
            meaning: meaning,
            isFlag: true
        ) { text, settings throws(InvalidValue) in
            switch text {
            case "true", "": settings[keyPath: place] = true
            case "false": settings[keyPath: place] = false
            case _: throw InvalidValue("neither true nor false")
            }
        }
    }

    /// The content of a file, without white space around it, in place of another setting.
    static func contents(of secret: Setting) -> Setting {
        Setting(
            name: secret.name + "-file",
            environment: secret.environment + "_FILE",
            expected: "a file that holds \(secret.expected)",
            defaultText: "none",
            meaning: "file from which the node reads `\(secret.name)`"
        ) { path, settings throws(InvalidValue) in
            guard let bytes = FileManager.default.contents(atPath: path),
                let text = String(bytes: bytes, encoding: .utf8)
            else { throw InvalidValue("the file cannot be read as text") }
            do throws(InvalidValue) {
                try secret.assign(text.trimmingCharacters(in: .whitespacesAndNewlines), &settings)
            } catch {
                throw InvalidValue("the file's content is \(error.reason)")
            }
        }
    }
}
