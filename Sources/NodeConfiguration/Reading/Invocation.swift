import Redis

/// What a command line asks of the program.
package enum Invocation: Sendable {
    case run(NodeSettings)
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
        switch try CommandLineScan.scan(arguments) {
        case .help: self = .print(Help.text)
        case .version: self = .print("cart-node \(NodeVersion.current)\n")
        case .settings:
            let layers = try SettingsLayer.layers(arguments: arguments, environment: environment)
            var settings = NodeSettings()
            for setting in SettingTable.all {
                try Self.read(setting, from: layers, into: &settings)
            }
            try Self.refuseTwice(.redisURL, layers)
            try Self.refuseTwice(.clusterSecret, layers)
            try settings.complete(environment: environment, machine: machine, generator: &generator)
            try settings.check()
            self = .run(settings)
        }
    }

    private static func read(
        _ setting: Setting,
        from layers: [SettingsLayer],
        into settings: inout NodeSettings
    ) throws(BadSetting) {
        for layer in layers {
            guard let (text, source) = try layer.entry(of: setting) else { continue }
            do throws(Unfit) {
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
