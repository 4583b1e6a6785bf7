import RedisClient

/// The command line's request to the program.
package enum Invocation: Sendable {
    case run(NodeSettings)
    /// Print the stored state of a cart.
    case inspect(id: String, NodeSettings)
    /// Examine Redis, the cluster and the settings.
    case examine(DoctorRequest)
    /// Ask the operations port of a running node.
    case console(ConsoleCommand, NodeSettings)
    /// Print this text and exit.
    case print(String)
}

extension Invocation {
    /// Reads the settings: the command line overrides the environment, which overrides the file, which
    /// overrides the defaults.
    ///
    /// - Parameters:
    ///   - arguments: the words after the program's name.
    ///   - machine: the name of this machine, from which the default node name is made.
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
        if arguments.first == CommandLineScan.doctor {
            self = try .examination(
                Array(arguments.dropFirst()),
                environment: environment,
                machine: machine,
                generator: &generator
            )
            return
        }
        if let word = arguments.first, let name = ConsoleCommand.Name(rawValue: word) {
            self = try .console(name, arguments: Array(arguments.dropFirst()), environment)
            return
        }
        switch try CommandLineScan.scan(arguments) {
        case .help: self = .print(Help.text)
        case .version: self = .print("cart-node \(NodeVersion.current)\n")
        case .settings:
            var settings = try Self.settings(arguments, environment)
            try settings.complete(environment: environment, machine: machine, generator: &generator)
            try settings.check()
            settings.warnings =
                EnvironmentNames.warnings(about: environment) + settings.lowerConnectionLimits()
                + settings.idleFailoverSettings()
            self = .run(settings)
        }
    }

    /// Only the settings of Redis, the cluster's name and the data folder matter.
    private static func inspection(
        _ arguments: [String],
        _ environment: [String: String]
    ) throws(BadSetting) -> Invocation {
        guard let id = arguments.first, !id.hasPrefix("-") else {
            throw BadSetting(
                CommandLineScan.inspect,
                problem:
                    "no cart, in \(CommandLineScan.source) "
                    + "(expected cart-node inspect ID [--OPTION VALUE]...)"
            )
        }
        let options = Array(arguments.dropFirst())
        guard try CommandLineScan.scan(options) == .settings else { return .print(Help.text) }
        var settings = try settings(options, environment)
        try settings.completeFolder(environment)
        return .inspect(id: id, settings)
    }

    /// Only the settings of the operations port matter.
    private static func console(
        _ name: ConsoleCommand.Name,
        arguments: [String],
        _ environment: [String: String]
    ) throws(BadSetting) -> Invocation {
        var (command, options) = try ConsoleCommand.parse(name, arguments)
        guard try CommandLineScan.scan(options) == .settings else { return .print(Help.text) }
        let settings = try settings(options, environment)
        if command.address.isEmpty { command.address = settings.operations.reachableHere.description }
        return .console(command, settings)
    }

    /// The settings as given, before any default is filled in.
    static func settings(
        _ arguments: [String],
        _ environment: [String: String]
    ) throws(BadSetting) -> NodeSettings {
        let layers = try SettingsLayer.layers(arguments: arguments, environment: environment)
        var settings = NodeSettings()
        for setting in SettingTable.all {
            try read(setting, from: layers, into: &settings)
        }
        try refuseSecretAndFile(.redisURL, in: layers)
        try refuseSecretAndFile(.clusterSecret, in: layers)
        try refuseSecretAndFile(.sentinelPassword, in: layers)
        try refuseSecretAndFile(.opsToken, in: layers)
        try refuseSecretAndFile(.traceKey, in: layers)
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
                try setting.assign(text, &settings)
                settings.given.insert(setting.name)
                return
            } catch {
                throw BadSetting(setting, error, got: text, from: source)
            }
        }
    }

    /// Refuses a secret that is given both directly and by a file: nobody should have to know which of them
    /// counts.
    private static func refuseSecretAndFile(_ secret: Setting, in layers: [SettingsLayer]) throws(BadSetting)
    {
        let file = Setting.contents(of: secret)
        for layer in layers {
            guard try layer.text(of: secret) != nil else { continue }
            for other in layers {
                guard try other.text(of: file) != nil else { continue }
                throw BadSetting(
                    secret.name,
                    problem:
                        "given twice, in \(layer.source(secret)) and by a file in \(other.source(file)); "
                        + "expected one of them"
                )
            }
        }
    }
}
