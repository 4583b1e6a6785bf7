/// A setting: its names, its legal values, and the place of its value.
struct Setting: Sendable {
    /// The option without the dashes, which is also the key in a file.
    let name: String
    /// The environment variable.
    let environment: String
    /// The legal values in words: type, unit and range.
    let expected: String
    /// The default in words.
    let defaultText: String
    /// The meaning: a sentence fragment for `--help` and the handbook.
    let meaning: String
    /// True if its value must never be shown.
    var isSecret = false
    /// True if the option without a value means "true".
    var isFlag = false
    /// Environment variables of other programs, read where its own is not set.
    var aliases: [Alias] = []
    /// Parses a value and puts it in its place, or throws what is wrong with it.
    let assign: @Sendable (String, inout NodeSettings) throws(InvalidValue) -> Void
}

/// An environment variable of other programs that means the same as a setting of ours.
struct Alias: Sendable {
    let variable: String
    /// The value in our form.
    let translate: @Sendable (String) -> String
}

/// The reason why a value is refused, in words that follow the setting's name.
struct InvalidValue: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// Settings under one heading of `--help` and the handbook.
struct SettingGroup: Sendable {
    let title: String
    let settings: [Setting]
}

/// The place of a setting's value.
typealias SettingKeyPath<Value> = any WritableKeyPath<NodeSettings, Value> & Sendable

extension Setting {
    /// The usual environment variable of a setting: `CART_` and its name.
    static func variable(_ name: String) -> String {
        "CART_" + String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }
}
