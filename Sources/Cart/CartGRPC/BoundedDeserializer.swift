import CartApplication
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

/// Reads a message up to a length, and refuses a longer one with words: the transport, whose own limit is
/// higher, would only break the call off.
struct BoundedDeserializer<Input: Message>: MessageDeserializer {
    /// The longest message, in bytes.
    let limit: Int

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Input {
        let length = bytes.withUnsafeBytes { $0.count }
        guard length <= limit else {
            throw RPCError(Refusal(RequestError.bodyTooLarge(limit: limit)), names: .none)
        }
        do {
            return try ProtobufDeserializer<Input>().deserialize(bytes)
        } catch {
            throw RPCError(Refusal(RequestError.malformedMessage), names: .none)
        }
    }
}
