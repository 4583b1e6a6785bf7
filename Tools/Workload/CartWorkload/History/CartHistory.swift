import Timing

/// The record of one cart. Whatever can be checked at once is checked during recording, so that little has to
/// be kept.
struct CartHistory: Sendable {
    /// A time without loss: from the beginning of the run or the end of a loss window to the next loss
    /// window.
    struct Era: Sendable {
        var log = VersionLog()
        /// Refusals for which another operation must have given the reason.
        var refusals: [Refusal] = []
    }

    struct Refusal: Sendable {
        enum Reason: Hashable, Sendable {
            case lineMissing(UInt32)
            case deleted, ordered, merged
        }

        /// The index of the refused change; nil for a read.
        let change: Int?
        let operation: OperationID
        let reason: Reason
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
    /// The changes of the current era that were acknowledged without a version, each with the number of
    /// attempts that had been sent by then. An answer to a later attempt shows their version or a higher one.
    var unbounded: [(change: Int, sent: Int)] = []
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
            self.place(operation, at: time)
            changes[Int(place)].attempts += 1
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

    /// Makes a record of a change, unless there is one.
    private mutating func place(_ operation: WorkloadOperation, at time: Duration) {
        guard places[operation.id] == nil else { return }
        places[operation.id] = Int32(clamping: changes.count)
        let keeper = operation.reused.flatMap { places[$0] }.map { changes[Int($0)] }
        changes.append(
            ChangeRecord(
                operation,
                sentAt: time,
                era: eras.count,
                floor: floor,
                mustBeRefused: keeper?.acknowledgedIn == eras.count && !isInLossWindow
            )
        )
    }

    /// Records that a merge into another cart is about to take this cart's lines.
    mutating func sentMerge(_ operation: WorkloadOperation, at time: Duration) {
        place(operation, at: time)
        guard let place = places[operation.id] else { return }
        changes[Int(place)].attempts += 1
        changes[Int(place)].open += 1
    }

    /// Records the answer to a merge of this cart into another. Only an attempt that was not applied
    /// certainly left this cart alone.
    mutating func answeredMerge(_ operation: OperationID, _ reply: AttemptResult) {
        guard let place = places[operation].map(Int.init) else { return }
        switch reply.outcome {
        case .done: changes[place].isAcknowledged = true
        case .notApplied: changes[place].close()
        case .rejected, .unknown: break
        }
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
        unbounded = []
        wasInspected = false
        // The cart may have forgotten the operation that has the key.
        for place in changes.indices { changes[place].mustBeRefused = false }
    }

    mutating func report(_ invariant: Invariant, at time: Duration, _ text: String) {
        violations.add(Violation(invariant, cart: cart, at: time, text))
    }
}
