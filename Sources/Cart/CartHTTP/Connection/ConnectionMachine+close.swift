/// The end of a connection. It overtakes no answer: whoever wants to end it, what is written for the client
/// leaves first, unless the client takes too long.
extension ConnectionMachine {
    /// The fate of a connection that somebody wants to end.
    enum CloseAction: Equatable {
        /// Write nothing more, send what is written, and close once the client had time to read it.
        case end
        /// Close at once.
        case close
        /// Do nothing: the connection goes on, or ends already.
        case none
    }

    /// The node drains: the connection ends with the answer that is owed, or now if none is.
    ///
    /// - Parameter hasUnsent: true if something that is written has not left the node.
    mutating func drain(hasUnsent: Bool) -> CloseAction {
        isDraining = true
        switch state {
        case .idle: return awaitsBody ? .none : leave(hasUnsent: hasUnsent)
        case .owed, .ending, .over: return .none
        }
    }

    /// The framework is done with the connection: the client has sent its last request, or nothing for too
    /// long, or the responder has failed within its answer.
    ///
    /// - Parameter hasUnsent: true if something that is written has not left the node.
    mutating func close(hasUnsent: Bool) -> CloseAction {
        if isCancelled { return abort() }
        switch state {
        case .idle: return leave(hasUnsent: hasUnsent || awaitsBody)
        case .owed: return leave(hasUnsent: true)
        case .ending, .over: return .none
        }
    }

    /// The framework was cancelled: the time for the drain is over, and nobody waits for clients any longer.
    mutating func cancel() -> CloseAction {
        isCancelled = true
        switch state {
        // The responder may still answer.
        case .owed: return .none
        case .idle, .ending, .over: return abort()
        }
    }

    /// The last answer left the node, or cannot leave it any more.
    mutating func sentLastAnswer() {
        switch state {
        case .ending: state = .over
        case .idle, .owed, .over: break
        }
    }

    private mutating func leave(hasUnsent: Bool) -> CloseAction {
        guard hasUnsent else { return abort() }
        state = .ending
        return .end
    }

    private mutating func abort() -> CloseAction {
        state = .over
        return .close
    }
}
