/// Where a cart is: what Redis says of it without its content, and what the node knows of its owner.
package struct CartFinding: Codable, Sendable, Equatable {
    package let id: String
    /// The name of the node that looked.
    package let seenBy: String
    /// Nil if Redis has no such cart.
    package let record: Record?
    package let owner: Owner?

    /// What Redis has of a cart.
    package struct Record: Codable, Sendable, Equatable {
        /// Nil before the first commit, and if the record cannot be read.
        package let version: UInt64?
        package let state: State
        /// The bytes of all its fields and their names.
        package let bytes: Int
        /// The time of the last change of its owner, milliseconds since 1970.
        package let ownedSince: Int64?
        /// The time that is left until Redis drops it, seconds; nil for ever or if it is not known.
        package let expiresIn: Double?

        package init(version: UInt64?, state: State, bytes: Int, ownedSince: Int64?, expiresIn: Double?) {
            self.version = version
            self.state = state
            self.bytes = bytes
            self.ownedSince = ownedSince
            self.expiresIn = expiresIn
        }
    }

    package enum State: String, Codable, Sendable, CaseIterable {
        /// Claimed, and nothing was committed yet.
        case empty
        case open, ordered
        /// Its lines are on their way to another cart.
        case merging
        case merged, deleted
        /// The record cannot be read by this build, or is none of a cart.
        case unreadable
    }

    /// The session that owns a cart.
    package struct Owner: Codable, Sendable, Equatable {
        package let session: String
        /// Nil if it is not known, as of a session that ended before this node began.
        package let name: String?
        package let condition: Condition
        package let silence: Silence?

        package init(session: String, name: String?, condition: Condition, silence: Silence? = nil) {
            self.session = session
            self.name = name
            self.condition = condition
            self.silence = silence
        }
    }

    package enum Condition: String, Codable, Sendable, CaseIterable {
        /// It serves the cart.
        case alive
        /// It still serves the cart, and is about to release it.
        case draining
        /// It sends no heartbeats, and may still be alive.
        case silent
        /// It is over: the next request restores the cart elsewhere.
        case dead
        /// It has no entry in the membership: it is called dead after a lease, once somebody asks for the cart.
        case unknown
    }

    /// - Parameter owner: nil if nobody owns the cart: the next request restores it.
    package init(id: String, seenBy: String, record: Record?, owner: Owner?) {
        self.id = id
        self.seenBy = seenBy
        self.record = record
        self.owner = owner
    }
}
