import Cart
import CartWire
import Hosting

extension LinkedAnswer {
    /// The answer as it travels.
    init(_ answer: Answer<CartLogic>) {
        self.init()
        sequence = answer.sequence
        node = answer.node
        switch answer.verdict {
        case .accepted(let effect, let record):
            var message = LinkedAccepted(effect)
            message.state = StoredCart(record)
            accepted = message
        case .rejected(let rejection):
            rejected = LinkedRejected(rejection)
        }
    }

    /// The answer that travelled.
    func answer() throws(CodecFailure) -> Answer<CartLogic> {
        let verdict: Answer<CartLogic>.Verdict
        switch self.verdict {
        case .accepted(let message): verdict = .accepted(try message.outcome(), try message.state.record())
        case .rejected(let message): verdict = .rejected(try message.rejection())
        case nil: throw CodecFailure("an answer of a kind that this build does not know")
        }
        return Answer(verdict: verdict, sequence: sequence, node: node)
    }
}

extension LinkedAccepted {
    fileprivate init(_ outcome: CartOutcome.Effect) {
        self.init()
        switch outcome {
        case .read: effect = .read
        case .created: effect = .created
        case .existed: effect = .existed
        case .lineAdded(let id): (effect, line) = (.lineAdded, id.number)
        case .lineIncreased(let id): (effect, line) = (.lineIncreased, id.number)
        case .quantityChanged(let id): (effect, line) = (.quantityChanged, id.number)
        case .lineRemoved(let id): (effect, line) = (.lineRemoved, id.number)
        case .cleared: effect = .cleared
        case .deleted: effect = .deleted
        case .unchanged: effect = .unchanged
        }
    }

    fileprivate func outcome() throws(CodecFailure) -> CartOutcome.Effect {
        switch effect {
        case .read: .read
        case .created: .created
        case .existed: .existed
        case .lineAdded: .lineAdded(LineID(line))
        case .lineIncreased: .lineIncreased(LineID(line))
        case .quantityChanged: .quantityChanged(LineID(line))
        case .lineRemoved: .lineRemoved(LineID(line))
        case .cleared: .cleared
        case .deleted: .deleted
        case .unchanged: .unchanged
        case .unspecified, .UNRECOGNIZED:
            throw CodecFailure("an outcome that this build does not know: \(effect.rawValue)")
        }
    }
}
