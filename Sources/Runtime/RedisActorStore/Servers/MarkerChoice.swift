internal import RedisClient

/// The slot whose key holds the id of a server's data set.
///
/// The highest slot that the server serves: whoever moves slots begins with the lowest. It stays the same as long as
/// the server serves it, because another key has another id, which counts as another generation.
enum MarkerChoice: Sendable, Equatable {
    /// The server has no slot, and thus no data.
    case none
    case slot(UInt16)

    init(for nodes: ClusterNodes) {
        let slots = nodes.own.slots.reversed()
        // The key of a slot that migrates may go at any moment.
        for range in slots {
            for slot in range.reversed() where nodes.migrating[slot] == nil {
                self = .slot(slot)
                return
            }
        }
        self = slots.first.map { .slot($0.upperBound) } ?? .none
    }

    /// The tag of the key; empty for none.
    var tag: String {
        switch self {
        case .none: ""
        case .slot(let slot): HashSlot.tag(for: slot)
        }
    }
}
