/// A client's request to change a cart, which it may repeat without changing the cart again.
package struct CartOperation: Hashable, Sendable {
    /// A digest of the client's idempotency key. Equal digests count as equal keys.
    package let key: UInt128
    /// A digest of the request, the same for each copy of it, in every process and build.
    package let request: UInt128

    /// An operation from its digests, both made by a cryptographic hash.
    package init(key: UInt128, request: UInt128) {
        self.key = key
        self.request = request
    }

    /// Half of the key's digest, which a cart keeps of a retired operation.
    package var hash: UInt64 { UInt64(truncatingIfNeeded: key >> 64) }
}

/// An operation that was applied, and the answer to its repetition.
package struct AppliedOperation: Hashable, Sendable {
    /// The operation.
    package let operation: CartOperation
    /// The effect of its first execution.
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
