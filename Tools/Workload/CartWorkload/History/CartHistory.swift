import Timing

/// The record of one cart. Whatever can be checked at once is checked during recording, so that little has to
/// be kept.
struct CartHistory: Sendable {
    /// A time without loss: from the beginning of the run or the end of a loss window to the next loss
    /// window.
    struct Era: Sendable {
        var log = VersionLog()
        /// Changes that were refused because their line was missing.
        var missing: [Missing] = []
    }

    struct Missing: Sendable {
        /// The index of the refused change.
        let change: Int
        let line: UInt32
        let at: Duration
        /// The number of changes that had been sent at that time.
        let sent: Int
    }

    let cart: Int
    var attempts: [AttemptRecord] = []
    var changes: [ChangeRecord] = []
    var places: [OperationID: Int32] = [:]
    var eras: [Era] = []
    /// The current era.
    var era = Era()
    /// During a loss window nothing is a violation.
    var isInLossWindow = false
    /// The highest version that is known to have existed, with the first client that received it and the node
    /// that answered.
    var floor: UInt64 = 0
    var floorClient: UInt32?
    var floorOwner: String?
    /// An inspector got an answer in the current era.
    var wasInspected = false
    var violations = Violations(limit: 20)

    init(cart: Int) {
        self.cart = cart
    }

    mutating func sent(_ operation: WorkloadOperation, to node: Int, at time: Duration) -> Int {
        var place: Int32 = -1
        if !operation.action.isRead {
            place = places[operation.id] ?? Int32(clamping: changes.count)
            if Int(place) == changes.count {
                places[operation.id] = place
                changes.append(ChangeRecord(operation, sentAt: time, era: eras.count, floor: floor))
            }
            changes[Int(place)].open += 1
        }
        attempts.append(
            AttemptRecord(
                operation: operation.id,
                sentAt: time.wholeNanoseconds,
                floor: floor,
                change: place,
                node: UInt16(truncatingIfNeeded: node),
                era: UInt16(truncatingIfNeeded: eras.count)
            )
        )
        return attempts.count - 1
    }

    mutating func beginLossWindow() {
        isInLossWindow = true
    }

    /// Begins an era in which the cart may be in any state that its changes can have led to.
    mutating func endLossWindow() {
        isInLossWindow = false
        eras.append(era)
        era = Era()
        floor = 0
        floorClient = nil
        floorOwner = nil
        wasInspected = false
    }

    mutating func report(_ invariant: Invariant, at time: Duration, _ text: String) {
        violations.add(Violation(invariant, cart: cart, at: time, text))
    }
}
