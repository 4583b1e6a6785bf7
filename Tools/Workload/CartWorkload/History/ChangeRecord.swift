/// What is known of one change: when it was sent, and what its client was told.
struct ChangeRecord: Sendable {
    let operation: OperationID
    let action: Action
    let isKeyed: Bool
    let sentAt: Duration
    /// The cart's era when it was first sent; it may have effect in that one and every later one.
    let era: Int
    /// The highest version that anybody had been shown when it was first sent: it can only have a higher one.
    let floor: UInt64

    /// How many attempts were not answered, or of unknown outcome.
    var open = 0
    /// The version that it was acknowledged at.
    var version: UInt64?
    /// Acknowledged without its version being told: it has this version or a lower one.
    var ceiling: UInt64?
    /// The era in which it was acknowledged; nil where a time without promises touched any of its attempts.
    var acknowledgedIn: Int?
    var isAcknowledged = false

    init(_ operation: WorkloadOperation, sentAt: Duration, era: Int, floor: UInt64) {
        self.operation = operation.id
        self.action = operation.action
        self.isKeyed = operation.key != nil
        self.sentAt = sentAt
        self.era = era
        self.floor = floor
    }

    /// Whether its client was told that it is not and will never be in the cart.
    var isDenied: Bool { !isAcknowledged && open == 0 }
}
