/// A server's word that another one is to be asked: `MOVED` or `ASK`.
struct ClusterRedirection: Equatable, Sendable {
    enum Kind: String, Sendable {
        /// The slot is served there, also in future.
        case moved = "MOVED"
        /// The slot is on its way there, and the key may have arrived already: this call is to be made there.
        case ask = "ASK"
    }

    var kind: Kind
    var slot: UInt16
    var address: AnnouncedAddress

    /// Nil for any other error, and for one that cannot be read.
    init?(_ error: RedisServerError) {
        let words = error.message.split(separator: " ", omittingEmptySubsequences: false)
        guard let kind = Kind(rawValue: error.code), words.count == 2,
            let slot = UInt16(words[0]), slot < HashSlot.count,
            let address = AnnouncedAddress(words[1])
        else { return nil }
        self.kind = kind
        self.slot = slot
        self.address = address
    }
}
