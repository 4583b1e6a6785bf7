/// A bounded set of sessions that forgets the oldest ones. Each has the instant at which it was added.
struct RecentSessions: Sendable {
    typealias Instant = ContinuousClock.Instant

    private let limit: Int
    private var recent: [SessionID: Instant] = [:]
    private var older: [SessionID: Instant] = [:]

    init(limit: Int) {
        self.limit = max(2, limit)
    }

    func contains(_ session: SessionID) -> Bool { instant(of: session) != nil }

    /// The instant at which a session was added; nil for one that was not, or was forgotten.
    func instant(of session: SessionID) -> Instant? { recent[session] ?? older[session] }

    /// Adds a session; false if it was there.
    mutating func insert(_ session: SessionID, at now: Instant) -> Bool {
        guard !contains(session) else { return false }
        // Two halves, the older of which is forgotten whole: constant time, and no order to keep.
        if recent.count >= limit / 2 {
            older = recent
            recent.removeAll(keepingCapacity: true)
        }
        recent[session] = now
        return true
    }
}
