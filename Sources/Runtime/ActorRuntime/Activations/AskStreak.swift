import Ownership

/// The peer that alone has asked for an actor lately, and how often: what ownership follows. A value of eight
/// bytes, as every live actor has one. On the hot path.
///
/// A peer is known by a hash of its session. Two that share one count as the same: then an actor may go to a
/// node that sends it half of its asks, which costs a restore and nothing else.
struct AskStreak: Equatable {
    private var peer: UInt32 = 0
    private(set) var length: UInt32 = 0

    /// A peer asked.
    mutating func extend(by session: SessionID) {
        let hash = Self.hash(session)
        if peer != hash {
            peer = hash
            length = 0
        }
        if length < .max { length += 1 }
    }

    /// Somebody else asked, or the actor's owner has acted on it.
    mutating func end() {
        length = 0
    }

    /// True if the last asks came from this session alone, and are as many.
    ///
    /// - Parameter asks: 0 for a number that is never reached.
    func isDue(for session: SessionID, after asks: Int) -> Bool {
        asks > 0 && length >= asks && peer == Self.hash(session)
    }

    private static func hash(_ session: SessionID) -> UInt32 {
        var hash = StableHash()
        hash.combine(session.rawValue)
        return UInt32(truncatingIfNeeded: hash.value >> 32)
    }
}
