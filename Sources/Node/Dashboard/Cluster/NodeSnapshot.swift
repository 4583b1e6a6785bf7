/// The state of one node at one moment, for operators: numbers and names, and nothing of any cart's content.
///
/// Nodes of different builds read each other's: unknown members are ignored, and those that may be missing are
/// optional.
package struct NodeSnapshot: Codable, Sendable, Equatable {
    package let name: String
    package let session: String
    package let build: String
    /// The reasons for which it should get no requests, for a person to read; empty while it should.
    package let notReady: [String]
    package let draining: Bool
    /// The states that an operator should end, for a person to read.
    package let warnings: [String]
    package let generation: String?
    package let lease: Lease
    package let carts: Carts
    /// The sessions that the node knows, without its own and the dead ones.
    package let members: [Member]
    /// The trouble with Redis, in Redis's words where it said any; nil if there is none.
    package let redisProblem: String?
    /// The time of the snapshot by the node's clock, milliseconds since 1970.
    package let takenAt: Int64
    /// Nil until there are two samples.
    package var rates: NodeRates?
    /// What the node's doctor last found to mend, the gravest first; nil if it has not examined yet.
    package var doctor: [DoctorFinding]?

    /// The lease of the node's session.
    package struct Lease: Codable, Sendable, Equatable {
        /// Seconds.
        package let length: Double
        /// The time for which the node may own carts without another heartbeat, seconds; 0 without a session.
        package let left: Double

        package init(length: Double, left: Double) {
            self.length = length
            self.left = left
        }
    }

    /// The carts in the node's memory.
    package struct Carts: Codable, Sendable, Equatable {
        package let live: Int
        package let limit: Int
        package let busy: Int

        package init(live: Int, limit: Int, busy: Int) {
            self.live = live
            self.limit = limit
            self.busy = busy
        }
    }

    /// Another session, as the node knows it.
    package struct Member: Codable, Sendable, Hashable {
        package let name: String
        package let session: String
        /// `alive` or `draining`.
        package let condition: String
        package let build: String
        /// `host:port` of its operations port; empty if it does not say.
        package let operations: String
        package let silence: Silence?

        package init(
            name: String,
            session: String,
            condition: String,
            build: String,
            operations: String,
            silence: Silence? = nil
        ) {
            self.name = name
            self.session = session
            self.condition = condition
            self.build = build
            self.operations = operations
            self.silence = silence
        }
    }

    package init(
        name: String,
        session: String,
        build: String,
        notReady: [String],
        draining: Bool,
        warnings: [String],
        generation: String?,
        lease: Lease,
        carts: Carts,
        members: [Member],
        redisProblem: String?,
        takenAt: Int64,
        rates: NodeRates? = nil
    ) {
        self.name = name
        self.session = session
        self.build = build
        self.notReady = notReady
        self.draining = draining
        self.warnings = warnings
        self.generation = generation
        self.lease = lease
        self.carts = carts
        self.members = members
        self.redisProblem = redisProblem
        self.takenAt = takenAt
        self.rates = rates
    }
}

/// How long a session has sent no heartbeat that was seen.
package struct Silence: Codable, Sendable, Hashable {
    /// Seconds.
    package let lasted: Double
    /// The time after which others may call it dead if it stays silent, seconds.
    package let left: Double

    package init(lasted: Double, left: Double) {
        self.lasted = lasted
        self.left = left
    }
}
