package import Cart

/// What is said about an accepted command beyond the cart's state.
package struct CartReply: Hashable, Sendable {
    /// What the command did, now or when it came first.
    package let effect: CartOutcome.Effect
    /// The version that it was committed as when it came first; nil if that is now.
    package let replayed: UInt64?

    /// A reply from its parts.
    package init(_ effect: CartOutcome.Effect, replayed: UInt64? = nil) {
        self.effect = effect
        self.replayed = replayed
    }
}
