/// The time that a client has to send a body and to take what is written for it. Without bounds, a client
/// that does neither would hold its connection for ever, and a drain until its budget is spent.
extension ConnectionMachine {
    /// The fate of a connection whose client took too long to send a body.
    enum LateBodyAction: Equatable {
        /// Pass an error of the parser on: the responder, if it waits for the body, refuses the request.
        case fail
        /// Write nothing more, and end the connection: the client has its answer, or waits for the rest of one
        /// that may never end.
        case end
        /// Overlook it: the body came, or the connection ends already.
        case none
    }

    /// The time that the client has for the rest of a request's body; nil while none is awaited.
    var bodyPatience: Duration? {
        switch state {
        case .idle, .owed:
            guard awaitsBody else { return nil }
            return isDraining ? policy.drainingBodyTime : policy.bodyTime
        case .ending, .over:
            return nil
        }
    }

    /// The time that the client has to take enough of what is written; nil while it does.
    var stallPatience: Duration? {
        switch state {
        case .idle, .owed:
            guard !isWritable else { return nil }
        case .ending:
            break
        case .over:
            return nil
        }
        return isDraining ? policy.drainingStallTime : policy.stallTime
    }

    /// True if the client is not waited for any longer, once `stallPatience` has run out: it took too little,
    /// or the node drains, and others wait for that.
    ///
    /// - Parameter taken: the bytes that it took in that time.
    func isStalled(taken: Int) -> Bool {
        isDraining || taken < policy.stallBytes
    }

    /// The time for the body has run out.
    ///
    /// Only the responder knows whether it needs the body: one that does not may have begun its work, and
    /// still answers what came of it. So no answer is made up here.
    mutating func bodyIsLate() -> LateBodyAction {
        guard awaitsBody else { return .none }
        switch state {
        case .idle:
            state = .ending
            return .end
        case .owed(var exchange):
            if exchange.hasBegun {
                state = .ending
                return .end
            }
            exchange.closes = true
            exchange.lateness = Problem(
                HTTPRefusal.lateBody(limit: isDraining ? policy.drainingBodyTime : policy.bodyTime)
            )
            awaitsBody = false
            state = .owed(exchange)
            return .fail
        case .ending, .over:
            return .none
        }
    }
}
