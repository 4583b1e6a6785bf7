import CartService
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

/// Reads a message that is not too long, and says so where it is: the transport, whose own limit is higher, would only break
/// the call off.
struct BoundedDeserializer<Input: Message>: MessageDeserializer {
    /// The longest message, in bytes.
    let limit: Int

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Input {
        let length = bytes.withUnsafeBytes { $0.count }
        guard length <= limit else {
            let refusal = Refusal(.bodyTooLarge, "the request has \(length) bytes, at most \(limit)")
            throw RPCError(refusal) { _ in "" }
        }
        do {
            return try ProtobufDeserializer<Input>().deserialize(bytes)
        } catch {
            throw RPCError(Refusal(.malformedMessage, "the request is not the message that it should be")) {
                _ in ""
            }
        }
    }
}
