/// A check that every word of a command line has a meaning. The values themselves are parsed elsewhere.
enum CommandLineScan {
    enum Request: Equatable {
        case settings
        case help
        case version
    }

    /// The words that may come before the options.
    static let inspect = "inspect"
    static let doctor = "doctor"
    static let source = "the command line"

    static func scan(_ arguments: [String]) throws(BadSetting) -> Request {
        if arguments.contains("--help") || arguments.contains("-h") { return .help }
        if arguments.contains("--version") { return .version }
        var seen: Set<String> = []
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word.count > 2 else {
                throw BadSetting(
                    BadSetting.name(in: word),
                    problem: "not an option, in \(source) (options begin with --)"
                )
            }
            let parts = word.dropFirst(2).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let name = String(parts.first ?? "")
            let isFlag = SettingTable.all.first { $0.name == name }?.isFlag
            guard let isFlag = name == SettingsFile.option ? false : isFlag else {
                throw .unknown(name, in: source)
            }
            guard seen.insert(name).inserted else {
                throw BadSetting(name, problem: "given twice, in \(source)")
            }
            guard parts.count == 1 else { continue }
            if let value = rest.first, !value.hasPrefix("--") {
                rest = rest.dropFirst()
            } else if !isFlag {
                throw BadSetting(name, problem: "no value, in \(source) (expected --\(name) VALUE)")
            }
        }
        return .settings
    }
}
