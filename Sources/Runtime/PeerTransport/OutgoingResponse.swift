import ActorRuntime
import PeerProtocol
import WireFormat

/// A response that waits to be sent.
struct OutgoingResponse: Equatable {
    enum Content: Equatable {
        /// The command was decided. Written without a message object.
        case answered([UInt8])
        /// Anything else, as the message that it travels as.
        case rare(WireAnswer)
    }

    let correlation: UInt64
    let content: Content

    init(_ response: LinkResponse, correlation: UInt64, policy: LinkPolicy) {
        self.correlation = correlation
        if case .answered(let bytes) = response, bytes.count <= policy.payloadLimit {
            content = .answered(bytes)
        } else {
            content = .rare(WireAnswer(response, correlation: correlation, policy: policy))
        }
    }

    /// The bytes that this response adds to its message, approximately.
    var weight: Int {
        switch content {
        case .answered(let bytes): bytes.count
        case .rare(let wire): wire.weight
        }
    }

    /// No less than the response takes within a message, beside the bytes of a rare one.
    var capacity: Int {
        switch content {
        case .answered(let bytes): 2 * MessageWriter.prefix + MessageWriter.varintField + bytes.count
        case .rare: MessageWriter.prefix
        }
    }
}

/// A message of the server that waits to be sent.
enum OutgoingMessage: Equatable {
    /// Anything but responses.
    case control(WireFromServer)
    /// Some responses; they share a message.
    case responses([OutgoingResponse])
}
