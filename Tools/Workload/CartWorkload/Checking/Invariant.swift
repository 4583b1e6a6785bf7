/// What must hold, whatever happens. The numbers are those of the list of faults.
package enum Invariant: String, Sendable, CaseIterable {
    /// Each version of a cart was committed once, without gaps.
    case versions = "I1"
    /// Epochs only rise, and one epoch belongs to one session.
    case epochs = "I2"
    /// Every acknowledged change is in the cart, exactly once.
    case kept = "I3"
    /// What was answered "not applied" never appears.
    case denied = "I4"
    /// What is of unknown outcome appears once or never.
    case unknown = "I5"
    /// Who asks after another was answered sees what that one saw.
    case order = "I6"
    /// A client never goes back behind what it has seen.
    case session = "I7"
    /// Nobody answers from the past after another owner's commit.
    case owner = "I8"
    /// After a fault every cart is there again within bounds.
    case recovery = "I9"
    /// All attempts with one key have one effect and one result.
    case key = "I10"
    /// A reply is what a reply must be.
    case reply = "reply"
}
