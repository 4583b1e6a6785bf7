/// One thing that an operator may decide: how it is called, what it may be, and where it goes.
struct Setting: Sendable {
    /// Its option without the dashes, which is also its key in a file.
    let name: String
    /// Its environment variable.
    let environment: String
    /// What it may be, in words: type, unit and range.
    let expected: String
    /// What it is when nobody says anything, in words.
    let defaultText: String
    /// What it decides; a sentence fragment for `--help` and the handbook.
    let meaning: String
    /// Whether its value must never be shown.
    var isSecret = false
    /// Whether its option means "true" without a value.
    var isFlag = false
    /// What other programs call its environment variable: looked at where its own is not set.
    var aliases: [Alias] = []
    /// Puts a value where it belongs, or says what is wrong with it.
    let assign: @Sendable (String, inout NodeSettings) throws(InvalidValue) -> Void
}

/// A variable that is set for other programs, and says the same as a setting of ours.
struct Alias: Sendable {
    let variable: String
    /// What it says in our words; nil for what is not meant for us.
    let translate: @Sendable (String) -> String?
}

/// What is wrong with a value, in words that follow the setting's name.
struct InvalidValue: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// Settings that are explained under one heading.
struct SettingGroup: Sendable {
    let title: String
    let settings: [Setting]
}

/// Where in the settings a value goes.
typealias SettingKeyPath<Value> = any WritableKeyPath<NodeSettings, Value> & Sendable

extension Setting {
    /// The usual environment variable of a setting: `CART_` and its name.
    static func variable(_ name: String) -> String {
        "CART_" + String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }
}
