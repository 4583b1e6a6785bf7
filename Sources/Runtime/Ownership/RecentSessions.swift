/// A bounded set of sessions that forgets the oldest ones.
struct RecentSessions: Sendable {
    private let limit: Int
    private var recent: Set<SessionID> = []
    private var older: Set<SessionID> = []

    init(limit: Int) {
        self.limit = max(2, limit)
    }

    func contains(_ session: SessionID) -> Bool {
        recent.contains(session) || older.contains(session)
    }

    /// Adds a session; false if it was there.
    mutating func insert(_ session: SessionID) -> Bool {
        guard !contains(session) else { return false }
        // Two halves, the older of which is forgotten whole: constant time, and no order to keep.
        if recent.count >= limit / 2 {
            older = recent
            recent.removeAll(keepingCapacity: true)
        }
        recent.insert(session)
        return true
    }
}
