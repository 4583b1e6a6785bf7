/// The record of one change: when it was sent, and what its client was told.
struct ChangeRecord: Sendable {
    let operation: OperationID
    let action: Action
    let isKeyed: Bool
    /// The only version at which the cart may have accepted it; nil for any.
    let expected: UInt64?
    /// Its key belongs to another operation.
    let isReuse: Bool
    /// Its key belongs to another operation that the cart had acknowledged: it must be refused.
    var mustBeRefused: Bool
    let sentAt: Duration
    /// The cart's era when it was first sent; it may have effect in this era and every later one.
    let era: Int
    /// The highest version that any client had received when it was first sent; its own version is higher.
    let floor: UInt64

    /// The number of attempts.
    var attempts = 0
    /// The number of attempts that were not answered, or had an unknown outcome.
    var open = 0
    /// The number of attempts at a merge that were refused.
    var refusals = 0
    /// The version at which it was acknowledged; nil if unknown.
    var version: UInt64?
    /// The highest version that it can have, if it was acknowledged without its version.
    var ceiling: UInt64?
    /// The era in which it was acknowledged; nil until an attempt was sent and acknowledged in one era.
    var acknowledgedIn: Int?
    var isAcknowledged = false

    init(
        _ operation: WorkloadOperation,
        sentAt: Duration,
        era: Int,
        floor: UInt64,
        mustBeRefused: Bool = false
    ) {
        self.operation = operation.id
        self.action = operation.action
        self.isKeyed = operation.key != nil
        if case .checkOut(let version) = operation.action {
            self.expected = version
        } else {
            self.expected = operation.expected
        }
        self.isReuse = operation.reused != nil
        self.mustBeRefused = mustBeRefused
        self.sentAt = sentAt
        self.era = era
        self.floor = floor
    }

    /// Its client was told that it was not and will not be applied, or had no right to it.
    var isDenied: Bool { mustBeRefused || (!isAcknowledged && open == 0) }

    /// Every attempt at the merge was refused or not applied, so that it took no lines.
    var tookNothing: Bool { !isAcknowledged && open == refusals }

    /// A success of it makes a version.
    var makesVersion: Bool { isKeyed || !action.mayChangeNothing }
}

extension ChangeRecord: CustomStringConvertible {
    var description: String { "operation \(operation) (\(action), sent at \(sentAt.inSeconds))" }
}
