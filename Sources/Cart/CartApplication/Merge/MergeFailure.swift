import ActorRuntime
import Cart

/// The reason that a merge was not made, or not completed.
enum MergeFailure: Error, Equatable, Sendable {
    /// The cart whose lines are to be taken refuses.
    case source(CartRejection)
    /// The cart that is to take them refuses, by this node; nil where any cart would.
    case target(CartRejection, node: String?)
    /// The world fails. Sent again, the same merge goes on from where it stopped.
    case host(HostFailure)
    /// The node contradicts itself.
    case contradiction(String)
}
