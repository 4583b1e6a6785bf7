/// What a server says to a subscriber without having been asked.
package struct RedisMessage: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Something was published to the channel.
        case published
        /// The subscription to the channel of a shard has ended, because the client ended it or because the channel's
        /// slot has moved: nobody can tell which.
        case unsubscribed
    }

    package let kind: Kind
    package let channel: String
    /// Empty if nothing was published.
    package let payload: [UInt8]

    /// Nil for a reply that is not a message (RESP2: an array of the kind, the channel, and the payload or the number
    /// of subscriptions that are left).
    init?(_ reply: RedisValue) {
        guard case .array(let parts) = reply, parts.count == 3, case .bulk(let kind) = parts[0] else {
            return nil
        }
        switch (kind, parts[1], parts[2]) {
        case (Self.message, .bulk(let channel), .bulk(let payload)),
            (Self.shardMessage, .bulk(let channel), .bulk(let payload)):
            self.kind = .published
            self.channel = String(decoding: channel, as: UTF8.self)
            self.payload = payload
        case (Self.unsubscription, .bulk(let channel), .integer):
            self.kind = .unsubscribed
            self.channel = String(decoding: channel, as: UTF8.self)
            payload = []
        default: return nil
        }
    }

    private static let message = Array("message".utf8)
    private static let shardMessage = Array("smessage".utf8)
    private static let unsubscription = Array("sunsubscribe".utf8)
}
