internal import ServerTesting

/// A fault of a cluster, with its place, start and length.
package struct ScheduledFault: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case node(NodeFault)
        /// All nodes are killed at once, and restarted when the fault ends.
        case everyNodeKilled
        /// A fault of the connections from a node to Redis.
        case pathToRedis(NetworkFault)
        /// A fault of the connections from other nodes to a node.
        case pathToNode(NetworkFault)
        case redis(RedisFault)
    }

    package let kind: Kind
    /// Number of the affected node; meaningless for faults of Redis or of all nodes.
    package let node: Int
    /// Start of the fault, from the start of the round.
    package let start: Duration
    /// Length of the fault, unless its kind determines that.
    package let length: Duration

    package init(_ kind: Kind, node: Int = 0, start: Duration = .zero, length: Duration) {
        self.kind = kind
        self.node = node
        self.start = start
        self.length = length
    }

    /// True if two faults may be in one round: they affect different places, so that neither undoes the
    /// other, and together they do not void a promise. What Redis loses only a live owner can restore, so
    /// that no owner may end in the same round.
    package func isCompatible(with other: ScheduledFault) -> Bool {
        switch (kind, other.kind) {
        case (.redis, .pathToNode), (.pathToNode, .redis):
            return true
        case (.redis, .redis), (.everyNodeKilled, .everyNodeKilled), (.everyNodeKilled, .node),
            (.node, .everyNodeKilled):
            return false
        case (.redis(let fault), .node), (.redis(let fault), .everyNodeKilled),
            (.redis(let fault), .pathToRedis), (.node, .redis(let fault)),
            (.everyNodeKilled, .redis(let fault)), (.pathToRedis, .redis(let fault)):
            return !fault.losesData
        case (.node, .node), (.pathToRedis, .pathToRedis), (.pathToNode, .pathToNode):
            return node != other.node
        case (.node, .pathToRedis), (.node, .pathToNode), (.everyNodeKilled, .pathToRedis),
            (.everyNodeKilled, .pathToNode), (.pathToRedis, .node), (.pathToRedis, .everyNodeKilled),
            (.pathToRedis, .pathToNode), (.pathToNode, .node), (.pathToNode, .everyNodeKilled),
            (.pathToNode, .pathToRedis):
            return true
        }
    }
}

extension ScheduledFault: CustomStringConvertible {
    package var description: String {
        let what =
            switch kind {
            case .node(let fault): "node\(node) \(fault)"
            case .everyNodeKilled: "all nodes killed"
            case .pathToRedis(let fault): "node\(node)–Redis \(fault)"
            case .pathToNode(let fault): "path to node\(node) \(fault)"
            case .redis(let fault): "Redis \(fault)"
            }
        return "\(what) [\(start.inShort)–\((start + length).inShort)]"
    }
}

extension Duration {
    /// Seconds with one decimal, as in `1.2s`.
    package var inShort: String {
        let tenths = Int64((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10)s"
    }
}

extension Cluster {
    /// Injects a fault and returns when the fault is over; killed processes may still be starting.
    package func inject(_ fault: ScheduledFault) async throws {
        let clock = ContinuousClock()
        try await clock.sleep(for: fault.start)
        let number = fault.node % nodes.count
        switch fault.kind {
        case .node(let nodeFault):
            try await inject(nodeFault, into: nodes[number], for: fault.length)
        case .everyNodeKilled:
            for node in nodes { try await node.kill() }
            try await clock.sleep(for: fault.length)
            for node in nodes { try node.start() }
        case .pathToRedis(let networkFault):
            try await networkFault.last(fault.length, at: try redisProxy(of: number))
        case .pathToNode(let networkFault):
            try await networkFault.last(fault.length, at: linkProxies[number])
        case .redis(let redisFault):
            try await inject(redisFault, for: fault.length)
        }
    }

    /// Ends all faults: resumes stopped processes, starts those that do not run, and heals all proxies.
    package func heal() async throws {
        redis.resume()
        try await redis.start()
        for proxy in linkProxies + redisProxies.values { proxy.heal() }
        for node in nodes {
            node.resume()
            if node.ended != nil { try node.start() }
        }
    }
}
