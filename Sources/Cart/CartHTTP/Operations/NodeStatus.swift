/// The status of a node, for operators.
package struct NodeStatus: Sendable, Equatable {
    /// The node's name.
    package let name: String
    /// The build that runs.
    package let build: String
    /// Its session's id, or nil between two.
    package let session: String?
    /// The reasons that it should get no requests, for a person to read; empty while it should.
    package let notReady: [String]
    /// True while it is shutting down.
    package let draining: Bool
    /// Carts in its memory.
    package let liveCarts: Int
    /// The generation of the store's data that it saw last, or nil.
    package let generation: String?
    /// The length of its lease, milliseconds.
    package let lease: Int
    /// The time for which it may own carts without another heartbeat, milliseconds; 0 without a session.
    package let leaseLeft: Int
    /// The most carts that it holds in its memory.
    package let liveLimit: Int
    /// `host:port` of its operations port, as other machines reach it.
    package let operations: String
    /// The states that an operator should end, for a person to read.
    package let warnings: [String]
    /// The other sessions that it knows of.
    package let members: [Peer]
    /// The Redis that it uses.
    package let redis: RedisStatus

    /// A session as this node knows it.
    package struct Peer: Sendable, Equatable {
        /// The name of the session's node.
        package let name: String
        /// The session's id.
        package let session: String
        /// `alive`, `draining` or `dead`.
        package let condition: String
        /// `host:port` of its link.
        package let link: String
        /// The build that runs there.
        package let build: String
        /// `host:port` of the operations port there; empty if it does not say.
        package let operations: String
        /// The length of its lease, milliseconds; nil if it does not say.
        package let lease: Int?

        /// A session from its parts.
        package init(
            name: String,
            session: String,
            condition: String,
            link: String,
            build: String,
            operations: String = "",
            lease: Int? = nil
        ) {
            self.operations = operations
            self.name = name
            self.lease = lease
            self.session = session
            self.condition = condition
            self.link = link
            self.build = build
        }
    }

    /// A status from its parts.
    package init(
        name: String,
        build: String,
        session: String?,
        notReady: [String],
        draining: Bool,
        liveCarts: Int,
        generation: String?,
        lease: Int,
        leaseLeft: Int = 0,
        liveLimit: Int = 0,
        operations: String = "",
        warnings: [String] = [],
        members: [Peer],
        redis: RedisStatus = RedisStatus()
    ) {
        self.name = name
        self.build = build
        self.session = session
        self.notReady = notReady
        self.draining = draining
        self.liveCarts = liveCarts
        self.generation = generation
        self.lease = lease
        self.leaseLeft = leaseLeft
        self.liveLimit = liveLimit
        self.operations = operations
        self.warnings = warnings
        self.members = members
        self.redis = redis
    }

    /// True while requests should be sent here.
    package var ready: Bool { notReady.isEmpty }
}

extension JSONWriter {
    /// `{"ready", "reasons"}`: what a gateway's operator wants to know.
    mutating func readiness(_ status: NodeStatus) {
        raw("{\"ready\":")
        boolean(status.ready)
        raw(",\"reasons\":")
        list(status.notReady) { $0.string($1) }
        raw("}\n")
    }

    /// All of it.
    mutating func status(_ status: NodeStatus) {
        raw("{\"name\":")
        string(status.name)
        raw(",\"build\":")
        string(status.build)
        raw(",\"session\":")
        string(status.session)
        raw(",\"ready\":")
        boolean(status.ready)
        raw(",\"reasons\":")
        list(status.notReady) { $0.string($1) }
        raw(",\"draining\":")
        boolean(status.draining)
        raw(",\"liveCarts\":")
        integer(status.liveCarts)
        raw(",\"generation\":")
        string(status.generation)
        raw(",\"leaseMilliseconds\":")
        integer(status.lease)
        raw(",\"leaseLeftMilliseconds\":")
        integer(status.leaseLeft)
        raw(",\"liveCartsLimit\":")
        integer(status.liveLimit)
        raw(",\"operations\":")
        string(status.operations)
        raw(",\"warnings\":")
        list(status.warnings) { $0.string($1) }
        raw(",\"redis\":")
        redis(status.redis)
        raw(",\"members\":")
        list(status.members) { $0.peer($1) }
        raw("}\n")
    }

    private mutating func redis(_ redis: RedisStatus) {
        raw("{\"connected\":")
        boolean(redis.isConnected)
        raw(",\"problem\":")
        string(redis.problem)
        raw(",\"durability\":")
        string(redis.durability)
        raw(",\"warnings\":")
        list(redis.warnings) { $0.string($1) }
        if let primaries = redis.primaries {
            raw(",\"primaries\":")
            list(primaries) { $0.string($1) }
        }
        raw("}")
    }

    private mutating func peer(_ peer: NodeStatus.Peer) {
        raw("{\"name\":")
        string(peer.name)
        raw(",\"session\":")
        string(peer.session)
        raw(",\"condition\":")
        string(peer.condition)
        raw(",\"link\":")
        string(peer.link)
        raw(",\"build\":")
        string(peer.build)
        raw(",\"operations\":")
        string(peer.operations)
        if let lease = peer.lease {
            raw(",\"leaseMilliseconds\":")
            integer(lease)
        }
        raw("}")
    }

    private mutating func boolean(_ value: Bool) {
        if value { raw("true") } else { raw("false") }
    }

    private mutating func list<Element>(_ elements: [Element], _ write: (inout JSONWriter, Element) -> Void) {
        raw("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { raw(",") }
            write(&self, element)
        }
        raw("]")
    }
}
