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
        try refuseClusterWithoutSharedRedis()
        try completeAdvertisedAddress()
        completeOperationsAddress()
        try completeFolder(environment)
        try completeCluster(&generator)
        completeFailover()
        if case .url(let server) = redis.server { redis.server = .url(redis.settled(server)) }
    }

    /// Without a Redis that the nodes share, each would start one of its own and serve other carts under the
    /// same ids.
    private func refuseClusterWithoutSharedRedis() throws(BadSetting) {
        guard redis.server == .embedded else { return }
        if redis.replicas > 0 {
            throw BadSetting(
                "redis-replicas",
                problem: "does not fit (got \"\(redis.replicas)\", expected 0 without redis-url: "
                    + "the embedded Redis has no replicas)"
            )
        }
        guard !cluster.isSingleNode else { return }
        let sign =
            if !cluster.secret.revealed.isEmpty {
                "cluster-secret"
            } else if !link.advertised.isEmpty {
                "link-advertise"
            } else {
                nil as String?
            }
        guard let sign else { return }
        throw BadSetting(
            "redis-url",
            problem: "missing or empty, although \(sign) says that there are other nodes: "
                + "they must share a Redis (expected \(Setting.redisURL.expected); or single-node)"
        )
    }

    /// Fills in the address of the operations port that others are told. Needs that of the link.
    private mutating func completeOperationsAddress() {
        guard operationsAdvertised.isEmpty else { return }
        var advertised = operations
        if operations.isWildcard, let colon = link.advertised.lastIndex(of: ":") {
            advertised.host = link.advertised[..<colon].filter { $0 != "[" && $0 != "]" }
        }
        operationsAdvertised = advertised.description
    }

    private mutating func completeAdvertisedAddress() throws(BadSetting) {
        guard link.advertised.isEmpty else { return }
        guard link.listen.isWildcard else {
            link.advertised = link.listen.description
            return
        }
        guard redis.server == .embedded || cluster.isSingleNode else {
            throw BadSetting(
                "link-advertise",
                problem:
                    "missing: link-host stands for every address, so other nodes need one of them "
                    + "(expected host:port)"
            )
        }
        // Nobody asks a node that is alone.
        let host = link.listen.host == "::" ? "::1" : "127.0.0.1"
        link.advertised = Endpoint(host: host, port: link.listen.port).description
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
