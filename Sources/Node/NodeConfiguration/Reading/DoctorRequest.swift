import RedisClient

/// The request for an examination, with the settings that a node would have.
package struct DoctorRequest: Sendable {
    package let settings: NodeSettings
    /// The reason why a node would refuse the settings; nil if it would not.
    package let refusal: BadSetting?
    /// True for JSON in place of text.
    package let isJSON: Bool
}

extension Invocation {
    private static let json = "--json"

    /// Settings that a node would refuse are examined all the same, unless their values cannot be read.
    static func examination(
        _ arguments: [String],
        environment: [String: String],
        machine: String,
        generator: inout some RandomNumberGenerator
    ) throws(BadSetting) -> Invocation {
        let options = arguments.filter { $0 != json }
        guard try CommandLineScan.scan(options) == .settings else { return .print(Help.text) }
        var settings = try settings(options, environment)
        if case .url = settings.redis.server, settings.cluster.secret.revealed.isEmpty {
            // Nobody has to show the cluster's secret to have Redis examined.
            settings.cluster.secret = Secret(String(generator.next() as UInt64, radix: 36))
        }
        let refusal = settings.completed(environment: environment, machine: machine, generator: &generator)
        settings.warnings =
            EnvironmentNames.warnings(about: environment) + settings.lowerConnectionLimits()
            + settings.idleFailoverSettings()
        try settings.completeFolder(environment)
        return .examine(
            DoctorRequest(settings: settings, refusal: refusal, isJSON: arguments.contains(json))
        )
    }
}

extension NodeSettings {
    /// Fills in what is missing, as far as possible.
    ///
    /// - Returns: the reason why a node would refuse the settings; nil if it would not.
    fileprivate mutating func completed(
        environment: [String: String],
        machine: String,
        generator: inout some RandomNumberGenerator
    ) -> BadSetting? {
        do throws(BadSetting) {
            try complete(environment: environment, machine: machine, generator: &generator)
            try check()
            return nil
        } catch {
            return error
        }
    }
}
