import CartWorkload

/// Builds the history of one cart by hand.
struct HistoryBuilder {
    let history: History
    private var now: Duration = .zero
    private var operations: [UInt32: UInt32] = [:]

    static let cart = CartName(0)

    init(carts: Int = 1) {
        history = History(carts: carts)
    }

    /// A line of an answer, with the operation that added it.
    typealias AnsweredLine = (line: UInt32, article: OperationID, quantity: UInt32)

    mutating func operation(
        _ client: UInt32,
        _ action: (OperationID) -> Action,
        on cart: CartName = HistoryBuilder.cart,
        key: String? = nil,
        expected: UInt64? = nil,
        reused: OperationID? = nil
    ) -> WorkloadOperation {
        operations[client, default: 0] += 1
        let id = OperationID(client: client, number: operations[client, default: 0])
        return WorkloadOperation(
            id,
            action(id),
            on: cart,
            key: key,
            expected: expected,
            reused: reused
        )
    }

    mutating func send(_ operation: WorkloadOperation) -> History.SentAttempt {
        now += .milliseconds(1)
        return history.sent(operation, to: 0, at: now)
    }

    mutating func answer(_ sentAttempt: History.SentAttempt, _ reply: AttemptResult) {
        now += .milliseconds(1)
        history.answered(sentAttempt, reply, at: now)
    }

    mutating func tell(_ operation: WorkloadOperation, _ reply: AttemptResult) {
        answer(send(operation), reply)
    }

    /// Client 1 makes a change, which is acknowledged with this cart.
    @discardableResult
    mutating func make(
        _ action: (OperationID) -> Action,
        at version: UInt64,
        _ lines: [AnsweredLine],
        phase: CartObservation.Phase = .open,
        note: OperationID? = nil,
        mark: OperationID? = nil,
        on cart: CartName = HistoryBuilder.cart,
        expected: UInt64? = nil
    ) -> OperationID {
        let operation = operation(1, action, on: cart, expected: expected)
        tell(operation, .shown(version, lines, phase: phase, note: note, mark: mark))
        return operation.id
    }

    /// Client 1 creates the cart, at version 1.
    mutating func open() {
        tell(operation(1, { _ in .create }), .shown(1, []))
    }

    /// Client 1 creates the cart and adds an article as line 1, at version 2.
    mutating func openWithLine() -> OperationID {
        open()
        let add = operation(1, add)
        tell(add, .shown(2, [(1, add.id, 1)]))
        return add.id
    }

    /// A client reads the cart, and the answer shows this version with these lines.
    mutating func read(
        by client: UInt32 = 1,
        _ version: UInt64,
        _ lines: [AnsweredLine],
        owner: String? = nil
    ) {
        tell(operation(client, { _ in .read }), .shown(version, lines, owner: owner))
    }

    var checkResult: CheckResult { Checker().check(history) }
    var broken: Set<Invariant> { Set(checkResult.counts.keys) }
}

/// Adds one of the operation's own article.
func add(_ id: OperationID) -> Action { .add(Article(id), quantity: 1) }

extension AttemptResult {
    static func shown(
        _ version: UInt64,
        _ lines: [HistoryBuilder.AnsweredLine],
        owner: String? = nil,
        replayOf committed: UInt64? = nil,
        phase: CartObservation.Phase = .open,
        note: OperationID? = nil,
        mark: OperationID? = nil
    ) -> AttemptResult {
        let lines = lines.map {
            CartObservation.Line(id: $0.line, article: Article($0.article), quantity: $0.quantity)
        }
        let observation = CartObservation(
            version: version,
            phase: phase,
            note: note.map { Article($0) },
            mark: mark.map { Article($0) },
            lines: lines
        )
        var reply = AttemptResult(.done(observation), owner: owner)
        reply.isReplay = committed != nil
        reply.committedAt = committed
        return reply
    }

    static let noAnswer = AttemptResult(.unknown("no answer"))
    static let denied = AttemptResult(.notApplied("503"))
}
