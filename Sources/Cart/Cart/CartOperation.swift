/// One request of a client to change a cart, which it may send again without changing the cart again.
package struct CartOperation: Hashable, Sendable {
    /// A digest of what the client calls it (`Idempotency-Key`). Equal digests count as equal keys.
    package let key: UInt128
    /// A digest of what is asked for, the same for each copy of the request, in every process and build.
    package let request: UInt128

    /// An operation by its digests; both are to be made by a cryptographic hash.
    package init(key: UInt128, request: UInt128) {
        self.key = key
        self.request = request
    }

    /// What is kept of a key at last: half of its digest.
    package var hash: UInt64 { UInt64(truncatingIfNeeded: key >> 64) }
}

/// An operation that was applied, and what is to be answered when it comes again.
package struct AppliedOperation: Hashable, Sendable {
    /// What was asked for.
    package let operation: CartOperation
    /// What it did.
    package let effect: CartOutcome.Effect
    /// The version of the cart that it was committed as, possibly with others' changes.
    package let version: UInt64

    /// An applied operation from its parts.
    package init(_ operation: CartOperation, effect: CartOutcome.Effect, version: UInt64) {
        self.operation = operation
        self.effect = effect
        self.version = version
    }
}
