/// The connections of a server, counted by source. Pure.
struct ConnectionCounts {
    enum Admission: Equatable {
        case admitted
        /// The server has as many connections as it may have.
        case full
        /// The source has as many connections as one may have.
        case sourceFull
    }

    private let limits: ConnectionLimits
    private var bySource: [ConnectionSource: Int] = [:]
    private(set) var total = 0

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    /// Counts a connection if there is room for it.
    mutating func admit(_ source: ConnectionSource) -> Admission {
        guard total < limits.total else { return .full }
        let count = bySource[source] ?? 0
        guard count < limits.perAddress else { return .sourceFull }
        bySource[source] = count + 1
        total += 1
        return .admitted
    }

    /// Forgets a connection that was admitted.
    mutating func remove(_ source: ConnectionSource) {
        guard let count = bySource[source] else { return }
        bySource[source] = count > 1 ? count - 1 : nil
        total -= 1
    }
}
