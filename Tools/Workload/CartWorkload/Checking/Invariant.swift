/// The promises of a cluster that hold under every fault. docs/workload.md describes each by its number.
package enum Invariant: String, Sendable, CaseIterable {
    /// Each version of a cart is committed once, without gaps.
    case versions = "I1"
    /// Epochs only rise, and one epoch belongs to one session.
    case epochs = "I2"
    /// Every acknowledged change is in the cart, exactly once.
    case kept = "I3"
    /// A change that was answered "not applied" never appears.
    case denied = "I4"
    /// A change of unknown outcome appears once or never.
    case unknown = "I5"
    /// A request that is sent after an answer sees at least the state of that answer.
    case order = "I6"
    /// A client never sees a state older than one that it has seen.
    case session = "I7"
    /// A former owner does not answer from an old state after another owner's commit.
    case owner = "I8"
    /// Every cart is available again within a bound after a fault.
    case recovery = "I9"
    /// All attempts with one key have one effect and one result.
    case key = "I10"
    /// A change that expects a version is accepted at this version only.
    case condition = "I11"
    /// A reply conforms to the protocol.
    case reply = "reply"
}
