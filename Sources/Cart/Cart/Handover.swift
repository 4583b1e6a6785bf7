/// Which quantity counts where both carts of a merge have a line. Lines that only one has are in the result anyway.
package enum MergeStrategy: String, Hashable, Sendable, CaseIterable {
    /// Both together.
    case add
    /// The larger.
    case max
    /// The one of the cart that takes.
    case mine
    /// The one of the cart that is taken.
    case theirs
}

/// The merge request to have one cart's lines taken into another, as its client sends it and sends it again.
package struct MergeRequest: Hashable, Sendable {
    /// What the client calls it: 1…128 characters of `A-Z a-z 0-9 _ . ~ -`.
    package let id: String
    /// The cart whose lines are taken.
    package let source: CartID
    /// The cart that takes them.
    package let target: CartID
    /// Which quantity counts.
    package let strategy: MergeStrategy
    /// Of all the above, to know it by: by a cryptographic hash, the same in every process and build.
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

/// Where a closed cart's lines go, or went.
package struct Handover: Hashable, Sendable {
    /// What the client calls the merge.
    package let merge: String
    /// The cart that takes them.
    package let target: CartID
    /// The merge request's digest.
    package let digest: UInt128
    /// Which closing it is: one anew under the same merge request has a higher number.
    package let attempt: UInt64
    /// How many merges the target had settled before the cart was closed.
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
    /// Made of the time of creation too: versions begin anew where a cart expired and its id was used again, and then the
    /// old closing must not pass for the new one. Cannot trap, and grows within a cart's life whatever the clocks say.
    static func attempt(of cart: OpenCart, at version: UInt64) -> UInt64 {
        UInt64(max(0, cart.createdAt.milliseconds)) &<< 22 &+ version
    }
}

/// What is left of a cart whose lines another cart took.
package struct MergedCart: Hashable, Sendable {
    /// Where they went.
    package let handover: Handover
    /// When the cart was emptied.
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

    /// What a closed cart offers.
    package init(_ handover: Handover) {
        self.init(digest: handover.digest, attempt: handover.attempt, basis: handover.basis)
    }
}
