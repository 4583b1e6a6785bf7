/// A command that asks the operations port of a running node.
package struct ConsoleCommand: Sendable, Equatable {
    /// The word with which it begins.
    package enum Name: String, Sendable, CaseIterable {
        case status
        case whereabouts = "where"

        /// The form in which it is typed.
        var usage: String {
            switch self {
            case .status: "cart-node status [HOST:PORT] [--watch] [--json] [--OPTION VALUE]..."
            case .whereabouts: "cart-node where ID [HOST:PORT] [--json] [--OPTION VALUE]..."
            }
        }

        var words: Int {
            switch self {
            case .status: 0
            case .whereabouts: 1
            }
        }
    }

    package let name: Name
    /// The cart, for `where`; otherwise empty.
    package let id: String
    /// `host:port` of the operations port to ask; empty for that of the settings.
    package internal(set) var address: String
    /// True if the answer is for a program.
    package let asJSON: Bool
    /// True if the answer is renewed until the command is ended.
    package let watches: Bool

    /// Takes the command's own words and flags out.
    ///
    /// - Parameter arguments: the words after the command's name.
    /// - Returns: the command, and the options that are settings.
    static func parse(
        _ name: Name,
        _ arguments: [String]
    ) throws(BadSetting) -> (command: ConsoleCommand, options: [String]) {
        let words = Array(arguments.prefix { !$0.hasPrefix("-") })
        let flags: Set<String> = name == .status ? ["--json", "--watch"] : ["--json"]
        let options = arguments.dropFirst(words.count).filter { !flags.contains($0) }
        let isHelp = options.contains("--help") || options.contains("-h")
        guard isHelp || (name.words...(name.words + 1)).contains(words.count) else {
            throw BadSetting(
                name.rawValue,
                problem: "\(words.count < name.words ? "no cart" : "too many words"), in "
                    + "\(CommandLineScan.source) (expected \(name.usage))"
            )
        }
        let command = ConsoleCommand(
            name: name,
            id: name == .whereabouts ? words.first ?? "" : "",
            address: words.count > name.words ? words[name.words] : "",
            asJSON: arguments.contains("--json"),
            watches: name == .status && arguments.contains("--watch")
        )
        return (command, Array(options))
    }
}

extension Endpoint {
    /// The address at which a process on this machine reaches it.
    var reachableHere: Endpoint {
        switch host {
        case "0.0.0.0": Endpoint(host: "127.0.0.1", port: port)
        case "::": Endpoint(host: "::1", port: port)
        case _: self
        }
    }
}
