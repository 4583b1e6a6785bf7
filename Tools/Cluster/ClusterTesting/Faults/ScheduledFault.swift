internal import ServerTesting

/// One thing that goes wrong in a cluster, for a while.
package struct ScheduledFault: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case node(NodeFault)
        /// Every node is killed at once, and started again when the fault ends.
        case everyNodeKilled
        /// Something befalls the way between a node and Redis.
        case pathToRedis(NetworkFault)
        /// Something befalls the way from others to a node.
        case pathToNode(NetworkFault)
        case redis(RedisFault)
    }

    package let kind: Kind
    /// The number of the node that it is about; of no meaning for a fault of Redis or of all.
    package let node: Int
    /// When it begins, after the round does.
    package let start: Duration
    /// How long it lasts, where it does not say so itself.
    package let length: Duration

    package init(_ kind: Kind, node: Int = 0, start: Duration = .zero, length: Duration) {
        self.kind = kind
        self.node = node
        self.start = start
        self.length = length
    }

    /// Whether two faults may be in one round: they are about different things, so that one does not undo the other, and
    /// do not together lose what is promised. What Redis lost only a live owner can give back, so that no owner may die
    /// with it.
    package func goes(with other: ScheduledFault) -> Bool {
        switch (kind, other.kind) {
        case (.redis, .pathToNode), (.pathToNode, .redis):
            return true
        case (.redis, .redis), (.everyNodeKilled, .everyNodeKilled), (.everyNodeKilled, .node),
            (.node, .everyNodeKilled):
            return false
        case (.redis(let trouble), .node), (.redis(let trouble), .everyNodeKilled),
            (.redis(let trouble), .pathToRedis), (.node, .redis(let trouble)),
            (.everyNodeKilled, .redis(let trouble)), (.pathToRedis, .redis(let trouble)):
            return !trouble.losesData
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
            case .node(let trouble): "node\(node) \(trouble)"
            case .everyNodeKilled: "all nodes killed"
            case .pathToRedis(let networkFault): "node\(node)–Redis \(networkFault)"
            case .pathToNode(let networkFault): "way to node\(node) \(networkFault)"
            case .redis(let trouble): "Redis \(trouble)"
            }
        return "\(what) [\(start.inShort)–\((start + length).inShort)]"
    }
}

extension Duration {
    /// As a person reads it: `1.2s`.
    package var inShort: String {
        let tenths = Int64((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10)s"
    }
}

extension Cluster {
    /// Has a fault happen, and returns when it is over: what was broken is whole, or starting again.
    package func inflict(_ fault: ScheduledFault) async throws {
        let clock = ContinuousClock()
        try await clock.sleep(for: fault.start)
        let number = fault.node % nodes.count
        switch fault.kind {
        case .node(let trouble):
            try await inject(nodes[number], trouble, for: fault.length)
        case .everyNodeKilled:
            for node in nodes { try await node.kill() }
            try await clock.sleep(for: fault.length)
            for node in nodes { try node.start() }
        case .pathToRedis(let networkFault):
            try await networkFault.last(fault.length, at: try redisProxy(of: number))
        case .pathToNode(let networkFault):
            try await networkFault.last(fault.length, at: linkProxies[number])
        case .redis(let trouble):
            try await injectIntoRedis(trouble, for: fault.length)
        }
    }

    /// Mends whatever is still broken: lets go on what stands still, starts what does not run.
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
