import ActorRuntime
import Cart

/// Why a merge was not made, or not to its end.
enum MergeFailure: Error, Equatable, Sendable {
    /// The cart whose lines are to be taken says no.
    case source(CartRejection)
    /// The cart that is to take them says no, by this node; nil where any cart would.
    case target(CartRejection, node: String?)
    /// The world says no. Sent again, the same merge goes on from where it came to.
    case host(HostFailure)
    /// The node contradicts itself.
    case contradiction(String)
}
