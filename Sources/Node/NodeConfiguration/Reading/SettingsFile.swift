import Configuration
import Foundation
import Synchronization

/// A YAML or JSON file whose keys are the options' names, all on one level.
enum SettingsFile {
    static let option = "config"

    /// The setting of the file's path. Not in the table: a file cannot name itself.
    static let setting = Setting(
        name: option,
        environment: Setting.variable(option),
        expected: "a file that ends in .yaml, .yml or .json",
        defaultText: "none",
        meaning: "a file with settings; its keys are the option names"
    ) { _, _ throws(InvalidValue) in }

    static func read(_ path: String) throws(BadSetting) -> any ConfigSnapshot {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BadSetting(option, problem: "the file cannot be read (got \(BadSetting.quote(path)))")
        }
        let keys = SeenKeys()
        let snapshot: any ConfigSnapshot
        do {
            snapshot = try parse(data, path: path, noting: keys)
        } catch let error as BadSetting {
            throw error
        } catch {
            throw BadSetting(
                option,
                problem: "\(BadSetting.quote(path, bare: true)) is not "
                    + "\(path.hasSuffix(".json") ? "JSON" : "YAML") with settings\(position(in: error))"
            )
        }
        let known = Set(SettingTable.all.map(\.name))
        if let stray = keys.all.subtracting(known).min() {
            throw .unknown(stray, in: BadSetting.quote(path, bare: true))
        }
        return snapshot
    }

    /// The line and column in a parser's error. The error itself quotes the file, which may hold secrets.
    private static func position(in error: any Error) -> String {
        let text = "\(error)"
        let found =
            text.firstMatch(of: #/line (\d+), column (\d+)/#) ?? text.firstMatch(of: #/^(\d+):(\d+): /#)
        return found.map { ": look at line \($0.1), column \($0.2)" } ?? ""
    }

    private static func parse(
        _ data: Data,
        path: String,
        noting keys: SeenKeys
    ) throws -> any ConfigSnapshot {
        if path.hasSuffix(".json") {
            let options = JSONSnapshot.ParsingOptions(secretsSpecifier: .dynamic { key, _ in keys.note(key) })
            return try JSONSnapshot(data: data.bytes, providerName: path, parsingOptions: options)
        }
        if path.hasSuffix(".yaml") || path.hasSuffix(".yml") {
            let options = YAMLSnapshot.ParsingOptions(secretsSpecifier: .dynamic { key, _ in keys.note(key) })
            return try YAMLSnapshot(data: data.bytes, providerName: path, parsingOptions: options)
        }
        throw BadSetting(
            option,
            problem: "unknown kind of file (got \(BadSetting.quote(path)), expected \(setting.expected))"
        )
    }
}

/// The keys of a file. The snapshots do not list them, but they ask of each key whether it is a secret.
private final class SeenKeys: Sendable {
    private let keys = Mutex<Set<String>>([])

    var all: Set<String> { keys.withLock { $0 } }

    /// Notes the key and answers that its value is secret: nothing here prints it anyway.
    func note(_ key: String) -> Bool {
        keys.withLock { _ = $0.insert(key) }
        return true
    }
}
