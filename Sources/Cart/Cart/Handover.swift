/// The rule for the quantity of a line that both carts of a merge have. Other lines are taken as they are.
package enum MergeStrategy: String, Hashable, Sendable, CaseIterable {
    /// The sum.
    case add
    /// The larger of the two.
    case max
    /// The target's.
    case mine
    /// The source's.
    case theirs
}

/// A client's request to move one cart's lines into another; the client may repeat it.
package struct MergeRequest: Hashable, Sendable {
    /// The client's id of the merge: 1…128 characters of `A-Z a-z 0-9 _ . ~ -`.
    package let id: String
    /// The cart whose lines are taken.
    package let source: CartID
    /// The cart that takes them.
    package let target: CartID
    /// The rule for lines that both carts have.
    package let strategy: MergeStrategy
    /// A digest of all the above, by a cryptographic hash; the same in every process and build.
    package let digest: UInt128

    /// A merge request from its parts.
    package init(id: String, source: CartID, target: CartID, strategy: MergeStrategy, digest: UInt128) {
        self.id = id
        self.source = source
        self.target = target
        self.strategy = strategy
        self.digest = digest
    }
}

/// A closed cart's pointer to the cart that takes its lines, or took them.
package struct Handover: Hashable, Sendable {
    /// The client's id of the merge.
    package let merge: String
    /// The cart that takes the lines.
    package let target: CartID
    /// The merge request's digest.
    package let digest: UInt128
    /// The number of this closing: a later one under the same merge request has a higher number.
    package let attempt: UInt64
    /// The number of merges that the target had settled before the cart was closed.
    package let basis: UInt64

    /// A hand-over from its parts.
    package init(merge: String, target: CartID, digest: UInt128, attempt: UInt64, basis: UInt64) {
        self.merge = merge
        self.target = target
        self.digest = digest
        self.attempt = attempt
        self.basis = basis
    }

    /// The number of the closing that is committed as this version of the cart.
    ///
    /// It includes the time of creation: carts of older builds began at version 1, also where an id was used
    /// again, and then the old closing must not pass for the new one. Cannot trap, and grows within a cart's
    /// life whatever the clocks say.
    static func attempt(of cart: OpenCart, at version: UInt64) -> UInt64 {
        UInt64(max(0, cart.createdAt.milliseconds)) &<< 22 &+ version
    }
}

/// The remains of a cart whose lines another cart took.
package struct MergedCart: Hashable, Sendable {
    /// The pointer to the cart that took the lines.
    package let handover: Handover
    /// The time at which the cart was emptied.
    package let at: Timestamp
    /// As in a deleted cart.
    package let lastLine: LineID
    /// As in a deleted cart.
    package var operations: OperationLog?
    /// As in a deleted cart.
    package var merges: MergeLog

    /// A merged cart from its parts.
    package init(
        handover: Handover,
        at: Timestamp,
        lastLine: LineID,
        operations: OperationLog? = nil,
        merges: MergeLog = MergeLog()
    ) {
        self.handover = handover
        self.at = at
        self.lastLine = lastLine
        self.operations = operations
        self.merges = merges
    }
}

/// One closing of a source as its target sees it.
package struct MergeOffer: Hashable, Sendable {
    /// The merge request's digest.
    package let digest: UInt128
    /// As in `Handover`.
    package let attempt: UInt64
    /// As in `Handover`.
    package let basis: UInt64

    /// An offer from its parts.
    package init(digest: UInt128, attempt: UInt64, basis: UInt64) {
        self.digest = digest
        self.attempt = attempt
        self.basis = basis
    }

    /// The offer that a closed cart makes.
    package init(_ handover: Handover) {
        self.init(digest: handover.digest, attempt: handover.attempt, basis: handover.basis)
    }
}
