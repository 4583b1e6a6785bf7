import CartWorkload

/// A history written by hand, of one cart.
struct Story {
    let history = History(carts: 1)
    private var now: Duration = .zero
    private var errands: [UInt32: UInt32] = [:]

    static let cart = CartName(0)

    /// A line as it is told: its id, who added it, and how many.
    typealias Told = (line: UInt32, article: ErrandID, quantity: UInt32)

    mutating func errand(_ client: UInt32, _ action: (ErrandID) -> Action, key: String? = nil) -> Errand {
        errands[client, default: 0] += 1
        let id = ErrandID(client: client, number: errands[client, default: 0])
        return Errand(id, Self.cart, action(id), key: key)
    }

    mutating func send(_ errand: Errand) -> History.Ticket {
        now += .milliseconds(1)
        return history.sent(errand, to: 0, at: now)
    }

    mutating func answer(_ ticket: History.Ticket, _ reply: Reply) {
        now += .milliseconds(1)
        history.answered(ticket, reply, at: now)
    }

    mutating func tell(_ errand: Errand, _ reply: Reply) {
        answer(send(errand), reply)
    }

    /// Client 1 creates the cart, at version 1.
    mutating func open() {
        tell(errand(1, { _ in .create }), .shown(1, []))
    }

    /// Client 1 creates the cart and adds an article as line 1, at version 2.
    mutating func openWithLine() -> ErrandID {
        open()
        let add = errand(1, add)
        tell(add, .shown(2, [(1, add.id, 1)]))
        return add.id
    }

    /// Somebody looks and is shown this.
    mutating func look(_ client: UInt32 = 1, _ version: UInt64, _ lines: [Told], owner: String? = nil) {
        tell(errand(client, { _ in .look }), .shown(version, lines, owner: owner))
    }

    var verdict: Verdict { Checker().check(history) }
    var broken: Set<Invariant> { Set(verdict.counts.keys) }
}

/// One of the errand's own article.
func add(_ id: ErrandID) -> Action { .add(Article(id), quantity: 1) }

extension Reply {
    static func shown(
        _ version: UInt64,
        _ lines: [Story.Told],
        owner: String? = nil,
        replayOf committed: UInt64? = nil
    ) -> Reply {
        let lines = lines.map {
            Showing.Line(id: $0.line, article: Article($0.article), quantity: $0.quantity)
        }
        var reply = Reply(.done(Showing(version: version, lines: lines)), owner: owner)
        reply.isReplay = committed != nil
        reply.committedAt = committed
        return reply
    }

    static let noAnswer = Reply(.unknown("no answer"))
    static let denied = Reply(.notApplied("503"))
}
