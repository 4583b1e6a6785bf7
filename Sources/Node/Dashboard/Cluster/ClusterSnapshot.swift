/// The whole cluster at one moment, as one node sees it.
package struct ClusterSnapshot: Codable, Sendable, Equatable {
    /// The name of the node that collected it.
    package let from: String
    /// By that node's clock, milliseconds since 1970.
    package let takenAt: Int64
    /// By name.
    package let nodes: [Node]
    package let redis: RedisView

    /// A node of the cluster.
    package struct Node: Codable, Sendable, Equatable {
        package let name: String
        package let session: String
        package let build: String
        /// `alive` or `draining`.
        package let condition: String
        /// `host:port` of its operations port; empty if it does not say.
        package let operations: String
        /// The pass by which the page reads that port, in place of the token; nil where the port asks for none.
        package let pass: String?
        /// As the collecting node sees it; nil for that node itself.
        package let silence: Silence?
        /// What the node says of itself; nil if it did not answer.
        package let said: NodeSnapshot?
    }

    /// - Parameters:
    ///   - own: the collecting node's snapshot.
    ///   - operations: `host:port` of its operations port.
    ///   - reports: what the others said, by their sessions.
    ///   - pass: what reads the operations port at an address in place of the token.
    package init(
        own: NodeSnapshot,
        operations: String,
        reports: [String: NodeReport],
        redis: RedisView,
        pass: (String) -> String? = { _ in nil }
    ) {
        func passOf(_ address: String) -> String? { address.isEmpty ? nil : pass(address) }
        from = own.name
        takenAt = own.takenAt
        self.redis = redis
        let itself = Node(
            name: own.name,
            session: own.session,
            build: own.build,
            condition: own.draining ? "draining" : "alive",
            operations: operations,
            pass: passOf(operations),
            silence: nil,
            said: own
        )
        let others = own.members.map { member in
            Node(
                name: member.name,
                session: member.session,
                build: member.build,
                condition: member.condition,
                operations: member.operations,
                pass: passOf(member.operations),
                silence: member.silence,
                said: reports[member.session]?.node
            )
        }
        nodes = ([itself] + others).sorted { ($0.name, $0.session) < ($1.name, $1.session) }
    }
}

/// What a node says of itself to the others: its snapshot, and what happened to it lately.
package struct NodeReport: Codable, Sendable, Equatable {
    package let node: NodeSnapshot
    package let events: [ClusterEvent]

    package init(node: NodeSnapshot, events: [ClusterEvent]) {
        self.node = node
        self.events = events
    }
}

/// Redis, as the collecting node sees it; nil for what is not known.
package struct RedisView: Codable, Sendable, Equatable {
    package var isConnected = false
    package var problem: String?
    package var version: String?
    /// `primary` or `replica`.
    package var role: String?
    /// The durability of acknowledged changes, for a person to read.
    package var durability: String?
    package var warnings: [String] = []
    /// The primaries of a Redis Cluster with their slots, a line each; nil for a single server.
    package var primaries: [String]?
    /// Bytes.
    package var memory: Int?
    /// Bytes; nil without a limit.
    package var memoryLimit: Int?
    package var keys: Int?
    package var clients: Int?
    package var replicas: Int?
    package var commandsPerSecond: Int?
    /// Seconds.
    package var uptime: Int?
    /// The time of one exchange just now, seconds; nil if there was no answer.
    package var latency: Double?

    package init() {}
}
