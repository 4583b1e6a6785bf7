import Cart
import Timing

extension NodeSettings {
    /// What must hold between settings that are each fine alone.
    func check() throws(BadSetting) {
        try require(
            lease.margin < lease.length,
            "lease-margin",
            lease.margin,
            "less than lease-length",
            lease.length
        )
        let right = lease.length - lease.margin
        try require(
            lease.heartbeatInterval < right,
            "heartbeat-interval",
            lease.heartbeatInterval,
            "less than lease-length - lease-margin",
            right
        )
        try require(
            redis.commandTimeout < right,
            "redis-command-timeout",
            redis.commandTimeout,
            "less than lease-length - lease-margin",
            right
        )
        try require(
            redis.retention / 2 >= host.idleTimeout,
            "retention",
            redis.retention,
            "at least twice idle-timeout",
            host.idleTimeout
        )
        try require(
            redis.tombstoneRetention / 2 >= host.idleTimeout,
            "tombstone-retention",
            redis.tombstoneRetention,
            "at least twice idle-timeout",
            host.idleTimeout
        )
        try require(
            shutdown.lameDuck < shutdown.drainBudget,
            "lame-duck",
            shutdown.lameDuck,
            "less than drain-budget",
            shutdown.drainBudget
        )
        guard host.batch <= host.mailbox else {
            throw BadSetting(
                "batch-limit",
                "does not fit (got \"\(host.batch)\", expected at most mailbox-limit, which is \(host.mailbox))"
            )
        }
        guard cart.largestSubtotal != nil else {
            throw BadSetting(
                "quantity-limit",
                "does not fit (got \"\(cart.quantity)\" with a lines-limit of \(cart.lines), "
                    + "expected less, so that the dearest cart can be summed up)"
            )
        }
        try checkPorts()
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
                    "does not fit (got \"\(endpoint.port)\", expected another than \(other))"
                )
            }
        }
    }

    private func require(
        _ holds: Bool,
        _ name: String,
        _ value: Duration,
        _ relation: String,
        _ bound: Duration
    ) throws(BadSetting) {
        guard !holds else { return }
        throw BadSetting(
            name,
            "does not fit (got \"\(DurationText.format(value))\", expected \(relation), "
                + "which is \(DurationText.format(bound)))"
        )
    }
}

extension Endpoint {
    /// Whether both cannot be listened on at once.
    fileprivate func collides(with other: Endpoint) -> Bool {
        let every = ["0.0.0.0", "::"]
        return port == other.port
            && (host == other.host || every.contains(host) || every.contains(other.host))
    }
}
