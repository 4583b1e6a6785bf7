import ActorRuntime
import Cart
import CartProtobuf

extension LinkedAnswer {
    /// The answer as it travels.
    init(_ answer: Answer<CartLogic>) throws {
        self.init()
        sequence = answer.sequence
        node = answer.node
        switch answer.verdict {
        case .accepted(let reply, let record):
            var message = LinkedAccepted()
            (message.effect, message.line) = StoredEffect.parts(reply.effect)
            message.actions = StoredActionEffect.list(reply.effect)
            if let version = reply.replayed { message.replayed = version }
            if reply.omitsCart {
                message.omitsState = true
            } else {
                message.state = StoredCart(record, withOperations: false)
            }
            accepted = message
        case .rejected(let rejection):
            rejected = try LinkedRejected(rejection)
        }
    }

    /// The answer that travelled.
    func answer() throws(CodecFailure) -> Answer<CartLogic> {
        let verdict: Answer<CartLogic>.Verdict
        switch self.verdict {
        case .accepted(let message):
            let record = message.omitsState ? CartRecord(cart: .none) : try message.state.record()
            verdict = .accepted(try message.reply(), record)
        case .rejected(let message): verdict = .rejected(try message.rejection())
        case nil: throw CodecFailure("an answer of a kind that this build does not know")
        }
        return Answer(verdict: verdict, sequence: sequence, node: node)
    }
}

extension LinkedAccepted {
    fileprivate func reply() throws(CodecFailure) -> CartReply {
        CartReply(
            try effect.domain(line, actions),
            replayed: hasReplayed ? replayed : nil,
            omitsCart: omitsState
        )
    }
}
