import RedisClient
import Timing

extension NodeSettings {
    /// Checks the relations between settings that are each legal alone.
    func check() throws(BadSetting) {
        try require(
            lease.margin < lease.length,
            of: "lease-margin",
            value: lease.margin,
            expected: "less than lease-length",
            bound: lease.length
        )
        let right = lease.length - lease.margin
        try require(
            lease.heartbeatInterval < right,
            of: "heartbeat-interval",
            value: lease.heartbeatInterval,
            expected: "less than lease-length - lease-margin",
            bound: right
        )
        try require(
            redis.commandTimeout < right,
            of: "redis-command-timeout",
            value: redis.commandTimeout,
            expected: "less than lease-length - lease-margin",
            bound: right
        )
        try require(
            redis.retention / 2 >= host.idleTimeout,
            of: "retention",
            value: redis.retention,
            expected: "at least twice idle-timeout",
            bound: host.idleTimeout
        )
        try require(
            redis.tombstoneRetention / 2 >= host.idleTimeout,
            of: "tombstone-retention",
            value: redis.tombstoneRetention,
            expected: "at least twice idle-timeout",
            bound: host.idleTimeout
        )
        try require(
            shutdown.lameDuck < shutdown.drainBudget,
            of: "lame-duck",
            value: shutdown.lameDuck,
            expected: "less than drain-budget",
            bound: shutdown.drainBudget
        )
        guard host.batch <= host.mailbox else {
            throw BadSetting(
                "batch-limit",
                problem:
                    "does not fit (got \"\(host.batch)\", "
                    + "expected at most mailbox-limit, which is \(host.mailbox))"
            )
        }
        guard prices == .any || !trustedToken.revealed.isEmpty else {
            throw BadSetting(
                "prices",
                problem: "does not fit (got \"\(prices.rawValue)\", "
                    + "expected any, because without a trusted-token nobody could add a line)"
            )
        }
        try checkFailover()
        try checkLinkFiles()
        try checkPorts()
    }

    /// An encrypted link needs all of its files.
    private func checkLinkFiles() throws(BadSetting) {
        let files = [
            ("link-tls-cert", link.certificate), ("link-tls-key", link.key),
            ("link-tls-ca", link.authorities),
        ]
        guard let given = files.first(where: { !$0.1.isEmpty }) else { return }
        guard let missing = files.first(where: \.1.isEmpty) else { return }
        throw BadSetting(
            missing.0,
            problem: "missing, although \(given.0) is given (expected a path; or none of "
                + "link-tls-cert, link-tls-key and link-tls-ca)"
        )
    }

    /// Lowers each limit on connections from one address to the limit on all.
    ///
    /// - Returns: a line for the log for each that was above it.
    mutating func lowerConnectionLimits() -> [String] {
        let pairs: [(name: String, all: Int, one: WritableKeyPath<NodeSettings, Int>)] = [
            ("connections", connections.clients, \.connections.clientsPerAddress),
            ("ops-connections", connections.operations, \.connections.operationsPerAddress),
        ]
        var lines: [String] = []
        for (name, all, one) in pairs where self[keyPath: one] > all {
            lines.append(
                "\(name)-per-address (\(self[keyPath: one])) is more than \(name)-limit (\(all)) and counts as "
                    + "that: one address may take all connections"
            )
            self[keyPath: one] = all
        }
        return lines
    }

    private func checkPorts() throws(BadSetting) {
        let listened: [(name: String, endpoint: Endpoint?)] = [
            ("http-port", http), ("grpc-port", grpc.endpoint), ("retail-port", retail.endpoint),
            ("ops-port", operations), ("link-port", link.listen),
        ]
        let ports = listened.compactMap { listener in listener.endpoint.map { (listener.name, $0) } }
        for (index, (name, endpoint)) in ports.enumerated() {
            for (other, taken) in ports[..<index] where taken.collides(with: endpoint) {
                throw BadSetting(
                    name,
                    problem: "does not fit (got \"\(endpoint.port)\", expected another than \(other))"
                )
            }
        }
    }

    private func require(
        _ holds: Bool,
        of name: String,
        value: Duration,
        expected relation: String,
        bound: Duration
    ) throws(BadSetting) {
        guard !holds else { return }
        throw BadSetting(
            name,
            problem: "does not fit (got \"\(DurationText.format(value))\", expected \(relation), "
                + "which is \(DurationText.format(bound)))"
        )
    }
}

extension Endpoint {
    /// True if no process can listen on both at once.
    fileprivate func collides(with other: Endpoint) -> Bool {
        port == other.port && (host == other.host || isWildcard || other.isWildcard)
    }
}
