import RedisClient

/// What a command line asks of the program.
package enum Invocation: Sendable {
    case run(NodeSettings)
    /// Print what lies in Redis for a cart.
    case inspect(id: String, NodeSettings)
    /// Print this and leave.
    case print(String)
}

extension Invocation {
    /// Reads the settings: the command line goes before the environment, that before the file, and that before the
    /// defaults.
    ///
    /// - Parameters:
    ///   - arguments: without the program's own name.
    ///   - machine: the name of this machine, from which the node's name is made if none is given.
    package init(
        arguments: [String],
        environment: [String: String],
        machine: String,
        generator: inout some RandomNumberGenerator
    ) throws(BadSetting) {
        if arguments.first == CommandLineScan.inspect {
            self = try .inspection(Array(arguments.dropFirst()), environment)
            return
        }
        switch try CommandLineScan.scan(arguments) {
        case .help: self = .print(Help.text)
        case .version: self = .print("cart-node \(NodeVersion.current)\n")
        case .settings:
            var settings = try Self.settings(arguments, environment)
            try settings.complete(environment: environment, machine: machine, generator: &generator)
            try settings.check()
            self = .run(settings)
        }
    }

    /// Of the settings only those count that say where carts are kept.
    private static func inspection(
        _ arguments: [String],
        _ environment: [String: String]
    ) throws(BadSetting) -> Invocation {
        guard let id = arguments.first, !id.hasPrefix("-") else {
            throw BadSetting(
                CommandLineScan.inspect,
                "no cart, in \(CommandLineScan.source) (expected cart-node inspect ID [--OPTION VALUE]...)"
            )
        }
        let options = Array(arguments.dropFirst())
        guard try CommandLineScan.scan(options) == .settings else { return .print(Help.text) }
        var settings = try settings(options, environment)
        try settings.completeFolder(environment)
        return .inspect(id: id, settings)
    }

    /// What was said of each setting, before anything is filled in.
    private static func settings(
        _ arguments: [String],
        _ environment: [String: String]
    ) throws(BadSetting) -> NodeSettings {
        let layers = try SettingsLayer.layers(arguments: arguments, environment: environment)
        var settings = NodeSettings()
        for setting in SettingTable.all {
            try read(setting, from: layers, into: &settings)
        }
        try refuseTwice(.redisURL, layers)
        try refuseTwice(.clusterSecret, layers)
        return settings
    }

    private static func read(
        _ setting: Setting,
        from layers: [SettingsLayer],
        into settings: inout NodeSettings
    ) throws(BadSetting) {
        for layer in layers {
            guard let (text, source) = try layer.entry(of: setting) else { continue }
            do throws(InvalidValue) {
                return try setting.assign(text, &settings)
            } catch {
                throw BadSetting(setting, error, got: text, from: source)
            }
        }
    }

    /// A secret and a file to read it from, both given: nobody should have to know which of them counts.
    private static func refuseTwice(_ secret: Setting, _ layers: [SettingsLayer]) throws(BadSetting) {
        let file = Setting.contents(of: secret)
        for layer in layers {
            guard try layer.text(of: secret) != nil else { continue }
            for other in layers {
                guard try other.text(of: file) != nil else { continue }
                throw BadSetting(
                    secret.name,
                    "given twice, in \(layer.source(secret)) and by a file in \(other.source(file)); expected one of them"
                )
            }
        }
    }
}
