import Ownership

/// The last known owners of actors elsewhere: hints that save a round trip, never a ground to act on.
struct RouteCache {
    private let limit: Int
    private var recent: [ActorID: SessionID] = [:]
    private var older: [ActorID: SessionID] = [:]

    init(limit: Int) {
        self.limit = max(2, limit)
    }

    subscript(id: ActorID) -> SessionID? {
        recent[id] ?? older[id]
    }

    mutating func remember(_ session: SessionID, for id: ActorID) {
        // Two halves, the older of which is forgotten whole: constant time, and no order to keep.
        if recent.count >= limit / 2, recent[id] == nil {
            older = recent
            recent.removeAll(keepingCapacity: true)
        }
        recent[id] = session
    }

    mutating func forget(_ id: ActorID) {
        recent[id] = nil
        older[id] = nil
    }
}
