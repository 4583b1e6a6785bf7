import Ownership
import RedisClient

extension NodeSettings {
    /// Fills in the defaults that depend on the machine or on other settings.
    mutating func complete(
        environment: [String: String],
        machine: String,
        generator: inout some RandomNumberGenerator
    ) throws(BadSetting) {
        if nodeName.isEmpty {
            let plain = machine.prefix { $0 != "." }.filter { SettingSyntax.isWord(String($0)) }
            nodeName = "\(plain.isEmpty ? "node" : plain.prefix(48))-\(http.port)"
        }
        if link.advertised.isEmpty {
            link.advertised = try ownAddress().description
        }
        try completeFolder(environment)
        try completeCluster(&generator)
        if case .url(var redisServer) = redis.server {
            redisServer.commandTimeout = redis.commandTimeout
            redisServer.connectTimeout = redis.connectTimeout
            redis.server = .url(redisServer)
        }
    }

    /// The address that other nodes can connect to, if none is advertised.
    private func ownAddress() throws(BadSetting) -> Endpoint {
        guard link.listen.isWildcard else { return link.listen }
        guard redis.server == .embedded || cluster.isSingleNode else {
            throw BadSetting(
                "link-advertise",
                problem:
                    "missing: link-host stands for every address, so other nodes need one of them "
                    + "(expected host:port)"
            )
        }
        // There are no other nodes.
        return Endpoint(host: link.listen.host == "::" ? "::1" : "127.0.0.1", port: link.listen.port)
    }

    /// Fills in the default data folder. It stays empty where there is none and only an embedded Redis would
    /// need it.
    mutating func completeFolder(_ environment: [String: String]) throws(BadSetting) {
        guard dataFolder.isEmpty else { return }
        if let folder = Self.standardFolder(environment) {
            dataFolder = folder
        } else if redis.server == .embedded {
            throw BadSetting(
                "data-dir",
                problem: "missing: neither XDG_STATE_HOME nor HOME is an absolute path (expected a path)"
            )
        }
    }

    private mutating func completeCluster(_ generator: inout some RandomNumberGenerator) throws(BadSetting) {
        guard cluster.secret.revealed.isEmpty else { return }
        guard redis.server == .embedded || cluster.isSingleNode else {
            throw BadSetting(
                "cluster-secret",
                problem:
                    "missing: redis-url may be shared with other nodes (expected 16…1024 bytes of text in "
                    + "CART_CLUSTER_SECRET or in a file, the same on all nodes; or single-node)"
            )
        }
        let words = (0..<4).map { _ in (generator.next() as UInt64).hexadecimal }
        cluster.secret = Secret(words.joined())
    }

    private static func standardFolder(_ environment: [String: String]) -> String? {
        // The XDG rules: a path that is not absolute is to be ignored.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/cart-node" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/cart-node" }
        return nil
    }
}
