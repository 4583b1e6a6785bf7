import Cart
import CartProtobuf
import WireFormat

// On the hot path of changes under keys, and of restores: a cart keeps hundreds of operations.

/// Stored operations that are no batches, without the library.
enum PlainOperation {
    /// The bytes that `StoredOperation` would be serialized to; nil for a batch, which is the library's to write.
    static func bytes(of applied: AppliedOperation) -> [UInt8]? {
        if case .actions = applied.effect { return nil }
        return MessageWriter.message(capacity: capacity) { message in
            message.write(applied.operation)
            message.field(5, applied.version)
            let (effect, line) = StoredEffect.parts(applied.effect)
            message.field(6, UInt64(truncatingIfNeeded: effect.rawValue))
            message.field(7, UInt64(line))
        }
    }

    private static let capacity = 4 * MessageWriter.fixedField + 3 * MessageWriter.varintField

    /// The message, as the library would read it; nil for bytes that are its to read or to refuse.
    static func read(_ bytes: [UInt8]) -> StoredOperation? {
        bytes.withUnsafeBytes { bytes in
            var reader = MessageReader(bytes)
            return try? reader.operation()
        }
    }
}

extension MessageReader {
    fileprivate mutating func operation() throws(NotPlain) -> StoredOperation {
        var message = StoredOperation()
        message.keyHigh = try fixed64(1)
        message.keyLow = try fixed64(2)
        message.requestHigh = try fixed64(3)
        message.requestLow = try fixed64(4)
        message.version = try uint64(5)
        // The library cuts bits off a number that is too large for an enumeration.
        let effect = try uint32(6)
        guard effect < 1_000, let effect = StoredEffect(rawValue: Int(effect)) else { throw NotPlain() }
        message.effect = effect
        message.line = try uint32(7)
        try end()
        return message
    }
}
