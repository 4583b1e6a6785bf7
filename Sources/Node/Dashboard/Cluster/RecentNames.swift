/// The names of the sessions that were seen last: a tombstone does not keep its own.
struct RecentNames {
    private let limit: Int
    private var names: [String: String] = [:]
    /// From the oldest to the newest.
    private var order: [String] = []

    init(limit: Int) {
        self.limit = limit
    }

    mutating func learn(_ name: String, of session: String) {
        guard names.updateValue(name, forKey: session) == nil else { return }
        order.append(session)
        if order.count > limit { names[order.removeFirst()] = nil }
    }

    subscript(session: String) -> String? { names[session] }
}
