package import ActorRuntime
package import Cart
import CartProtobuf
import SwiftProtobuf

/// Carts, commands and answers as protobuf: `cart_state.proto` in Redis, `cart_link.proto` between nodes.
///
/// Whatever bytes come, decoding ends in a value or in `CodecFailure`. Every decoded value can be decided on,
/// shown and encoded again without trapping, also where its numbers are absurd.
///
/// Frequent messages are written and read without message objects (`StoredHead`, `PlainCart`, `PlainCommand`,
/// `PlainAnswer`). The library does all others, and decides on damaged bytes.
package struct CartCodec: ActorCodec {
    /// The highest schema that we read. We write the lowest that has what the cart has.
    static let schemaVersion: UInt32 = 3

    /// The codec; it has no settings.
    package init() {}

    /// The cart and whatever a newer build said of it.
    package func encode(state: CartRecord) throws(CodecFailure) -> [UInt8] {
        try Self.bytes(of: StoredCart(state))
    }

    /// - Throws: where the bytes are no cart, or one that only a newer build may rewrite.
    package func decode(state bytes: [UInt8]) throws(CodecFailure) -> CartRecord {
        // With a log that is apart, the operations are missing here, as the library's way ignores.
        if let cart = PlainCart(bytes), cart.linesApart == 0, cart.logApart == nil { return cart.record(nil) }
        return try Self.message(StoredCart.self, from: bytes, "a stored cart").record()
    }

    /// The events of one commit.
    package func encode(events: [CartEvent]) throws(CodecFailure) -> [UInt8] {
        try Self.bytes(of: StoredEvents(events))
    }

    /// The events of one commit, for whoever wants to show them.
    ///
    /// - Throws: where the bytes are no events, or some that only a newer build knows.
    package func decode(events bytes: [UInt8]) throws(CodecFailure) -> [CartEvent] {
        try Self.message(StoredEvents.self, from: bytes, "a commit's events").entries().map(\.event)
    }

    /// - Throws: where the bytes are no events, or some that only a newer build knows; the state is as before
    ///   then.
    package func replay(
        events bytes: [UInt8],
        onto state: inout CartRecord,
        by decider: CartLogic
    ) throws(CodecFailure) {
        let entries = try Self.message(StoredEvents.self, from: bytes, "a commit's events").entries()
        for (event, unknown) in entries {
            decider.evolve(&state, with: event)
            guard let unknown, case .lineAdded(let line, _) = event else { continue }
            state.unknown = UnknownFields.adding(unknown, of: line.id, to: state.unknown)
        }
    }

    /// Lines and operations change apart from each other.
    package var split: (any StateSplit<CartLogic>)? { CartSplit() }

    /// The command, with what its creator generated for it.
    package func encode(command: CartCommand) throws(CodecFailure) -> [UInt8] {
        if let bytes = PlainCommand.bytes(of: command) { return bytes }
        do {
            return try LinkedCommand(command).serializedBytes()
        } catch {
            throw CodecFailure("encoding failed: \(error)")
        }
    }

    /// - Throws: where the bytes are no command, or one of a kind that only a newer build knows.
    package func decode(command bytes: [UInt8]) throws(CodecFailure) -> CartCommand {
        if let command = PlainCommand.read(bytes) { return command }
        return try Self.message(LinkedCommand.self, from: bytes, "a command").command()
    }

    /// The verdict and the state that it stands on.
    package func encode(answer: Answer<CartLogic>) throws(CodecFailure) -> [UInt8] {
        if let bytes = PlainAnswer.bytes(of: answer) { return bytes }
        do {
            return try LinkedAnswer(answer).serializedBytes()
        } catch {
            throw CodecFailure("encoding failed: \(error)")
        }
    }

    /// - Throws: where the bytes are no answer, or one that only a newer build understands.
    package func decode(answer bytes: [UInt8]) throws(CodecFailure) -> Answer<CartLogic> {
        if let answer = PlainAnswer.read(bytes) { return answer }
        return try Self.message(LinkedAnswer.self, from: bytes, "an answer").answer()
    }

    static func bytes(of message: some Message) throws(CodecFailure) -> [UInt8] {
        do {
            return try message.serializedBytes()
        } catch {
            throw CodecFailure("encoding failed: \(error)")
        }
    }

    static func message<M: Message>(
        _ type: M.Type,
        from bytes: [UInt8],
        _ name: String
    ) throws(CodecFailure) -> M {
        do {
            return try M(serializedBytes: bytes)
        } catch {
            throw CodecFailure("\(bytes.count) bytes are not \(name): \(error)")
        }
    }
}
