import ActorRuntime
import Cart
import CartProtobuf
import WireFormat

// On the hot path, guarded by what is forwarded in `Benchmarks/measure`.

/// The answers to accepted commands on open carts that have nothing rare, without message objects.
enum PlainAnswer {
    /// The bytes that `LinkedAnswer` would be serialized to; nil for an answer that is the library's to write.
    static func bytes(of answer: Answer<CartLogic>) -> [UInt8]? {
        guard case .accepted(let reply, let record) = answer.verdict else { return nil }
        if case .actions = reply.effect { return nil }
        let cart = reply.omitsCart ? nil : record.plain
        guard reply.omitsCart || cart != nil else { return nil }
        let lines = cart.map { StoredHead.capacity(of: $0.lines) } ?? 0
        let capacity = capacity + answer.node.utf8.count + lines
        return MessageWriter.message(capacity: capacity) { message in
            message.field(1, answer.sequence)
            message.field(2, answer.node)
            message.message(3) { accepted in
                let (effect, line) = StoredEffect.parts(reply.effect)
                accepted.field(1, UInt64(truncatingIfNeeded: effect.rawValue))
                accepted.field(2, UInt64(line))
                if let cart {
                    accepted.message(3) { state in
                        state.field(1, UInt64(record.cart.schemaVersion(withOperations: false)))
                        state.message(2) { $0.write(cart, linesApart: nil) }
                    }
                }
                accepted.optional(4, reply.replayed)
                accepted.field(6, reply.omitsCart ? 1 : 0 as UInt64)
            }
        }
    }

    /// No less than an answer takes without its texts and lines.
    private static let capacity =
        StoredHead.capacity + 3 * MessageWriter.prefix + 5 * MessageWriter.varintField

    /// Nil for bytes that are the library's to read or to refuse.
    static func read(_ bytes: [UInt8]) -> Answer<CartLogic>? {
        bytes.withUnsafeBytes { bytes in
            var reader = MessageReader(bytes)
            return try? reader.answer()
        }
    }
}

extension MessageReader {
    /// `LinkedAnswer`.
    fileprivate mutating func answer() throws(NotPlain) -> Answer<CartLogic> {
        let (sequence, node) = (try uint64(1), try text(2))
        guard var accepted = try message(3) else { throw NotPlain() }
        let verdict = try accepted.accepted()
        try end()
        return Answer(verdict: verdict, sequence: sequence, node: node)
    }

    /// `LinkedAccepted`.
    private mutating func accepted() throws(NotPlain) -> Answer<CartLogic>.Verdict {
        let effect = try effect()
        var state = try message(3)
        let cart = try state?.cart()
        let replayed = try optional(4)
        let omitsCart = try bool(6)
        try end()
        let record: CartRecord
        if let cart {
            guard !omitsCart, cart.linesApart == 0, cart.logApart == nil else { throw NotPlain() }
            record = cart.record(nil)
        } else {
            guard omitsCart else { throw NotPlain() }
            record = CartRecord(cart: .none)
        }
        return .accepted(CartReply(effect, replayed: replayed, omitsCart: omitsCart), record)
    }

    private mutating func effect() throws(NotPlain) -> CartOutcome.Effect {
        let (number, line) = (try uint32(1), try uint32(2))
        let effect = StoredEffect(rawValue: Int(number))
        guard let plain = try? effect?.domain(line, []) else { throw NotPlain() }
        return plain
    }
}
