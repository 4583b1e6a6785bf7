package import Cart

/// The answer to an accepted command, beside the cart's state.
package struct CartReply: Hashable, Sendable {
    /// The effect of the command, now or when it came first.
    package let effect: CartOutcome.Effect
    /// The version that it was committed as when it came first; nil if that is now.
    package let replayed: UInt64?
    /// True if the asker has the cart at the answer's version, so that the answer carries none over the link.
    /// It holds only where the answer's version is the one that the command named: other changes may have
    /// been committed with it.
    package let omitsCart: Bool

    /// A reply from its parts.
    package init(_ effect: CartOutcome.Effect, replayed: UInt64? = nil, omitsCart: Bool = false) {
        self.effect = effect
        self.replayed = replayed
        self.omitsCart = omitsCart
    }
}
