package import Ownership

/// The identity of one node process: how it presents itself to the others, what a former process left for it,
/// and where it leaves the same for the next one.
package struct NodeIdentity: Sendable {
    package let card: NodeCard
    package let bootstrap: BootstrapState
    let recordSession: @Sendable (SessionID, Generation?) -> Void

    /// - Parameter recordSession: receives each new session and each generation found settled, to be recorded
    ///   where a successor finds it. It runs on the session's executor and must return at once.
    package init(
        card: NodeCard,
        bootstrap: BootstrapState,
        recordSession: @escaping @Sendable (SessionID, Generation?) -> Void = { _, _ in }
    ) {
        self.card = card
        self.bootstrap = bootstrap
        self.recordSession = recordSession
    }
}
