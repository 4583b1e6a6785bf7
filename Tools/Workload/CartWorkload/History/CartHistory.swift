/// All that was taken down about one cart. Whatever can be judged at once is, so that little has to be kept.
struct CartHistory: Sendable {
    /// A time without loss: from an amnesty, or the beginning, to the next.
    struct Era: Sendable {
        var log = VersionLog()
        /// Changes that were refused because their line was not there.
        var missing: [Missing] = []
    }

    struct Missing: Sendable {
        /// The change that was refused.
        let change: Int
        let line: UInt32
        let at: Duration
        /// How many changes had been sent by then.
        let sent: Int
    }

    let cart: Int
    var attempts: [AttemptRecord] = []
    var changes: [ChangeRecord] = []
    var places: [OperationID: Int32] = [:]
    var eras: [Era] = []
    /// The present one.
    var era = Era()
    /// Whether nothing is held against anybody now.
    var isInLossWindow = false
    /// The highest version that is known to have been there, and who was the first to be told.
    var floor: UInt64 = 0
    var floorClient: UInt32?
    var floorOwner: String?
    /// Whether an inspector got an answer in the present era.
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
                sentAt: time.nanoseconds,
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

    /// From now on the cart may be what it ever was, and goes on from there.
    mutating func endLossWindow() {
        isInLossWindow = false
        eras.append(era)
        era = Era()
        floor = 0
        floorClient = nil
        floorOwner = nil
        wasInspected = false
    }

    mutating func hold(_ invariant: Invariant, at time: Duration, _ text: String) {
        violations.add(Violation(invariant, cart: cart, at: time, text))
    }
}
