/// A message that was published to a subscribed channel.
package struct RedisMessage: Sendable, Equatable {
    package let channel: String
    package let payload: [UInt8]

    /// Nil for a reply that is not a message (RESP2: an array of `message`, the channel and the payload).
    init?(_ reply: RedisValue) {
        guard case .array(let parts) = reply, parts.count == 3,
            case .bulk(let kind) = parts[0], kind == Self.kind,
            case .bulk(let channel) = parts[1], case .bulk(let payload) = parts[2]
        else { return nil }
        self.channel = String(decoding: channel, as: UTF8.self)
        self.payload = payload
    }

    private static let kind = Array("message".utf8)
}
