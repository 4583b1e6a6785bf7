import Foundation

/// The variables of the environment that have names like the node's own, and may be somebody else's.
///
/// For each service, Kubernetes (and Docker for a linked container) sets variables that begin with the
/// service's name: a service called `cart-ops` makes `CART_OPS_PORT=tcp://10.0.0.1:9090`.
enum EnvironmentNames {
    private static let prefix = "CART_"
    /// Read by other parts of the program.
    private static let further: Set = ["CART_FAILPOINTS"]

    /// The variables that may be settings. Composed deployments pass every variable that they know of; an
    /// empty one counts as not set.
    static func settings(in environment: [String: String]) -> [String: String] {
        environment.filter { !$0.value.isEmpty && !isServiceAddress($0.key, value: $0.value) }
    }

    /// A line for each variable that begins like one of the node's and is none: most likely mistyped.
    static func warnings(about environment: [String: String]) -> [String] {
        let settings = [SettingsFile.setting] + SettingTable.all
        let known = Set(settings.flatMap { [$0.environment] + $0.aliases.map(\.variable) })
        let unknown = self.settings(in: environment).keys.filter { name in
            name.hasPrefix(prefix) && !known.contains(name) && !further.contains(name)
                && !isServiceProperty(name)
        }
        return unknown.sorted().map { name in
            let word = String(name.dropFirst(prefix.count))
            let hint = SpellingSuggestion.name(to: word, among: settings.map(\.name))
            let meant = settings.first { $0.name == hint }?.environment
            return "the variable \(BadSetting.quote(name, bare: true)) is not known and has no effect"
                + (meant.map { "; did you mean \($0)?" } ?? "")
        }
    }

    /// True for `CART_OPS_PORT=tcp://…`, the one name that services share with settings.
    private static func isServiceAddress(_ name: String, value: String) -> Bool {
        name.hasPrefix(prefix) && name.hasSuffix("_PORT")
            && ["tcp://", "udp://", "sctp://"].contains { value.hasPrefix($0) }
    }

    /// True for `CART_OPS_SERVICE_HOST`, `CART_OPS_SERVICE_PORT_HTTP`, `CART_OPS_PORT_9090_TCP_ADDR` and the
    /// like.
    private static func isServiceProperty(_ name: String) -> Bool {
        if name.hasSuffix("_SERVICE_HOST") || name.contains("_SERVICE_PORT") { return true }
        guard let port = name.range(of: "_PORT_", options: .backwards) else { return false }
        let rest = name[port.upperBound...].split(separator: "_", omittingEmptySubsequences: false)
        return rest.count >= 2 && SettingSyntax.port(rest[0]) != nil
            && ["TCP", "UDP", "SCTP"].contains(rest[1])
    }
}
