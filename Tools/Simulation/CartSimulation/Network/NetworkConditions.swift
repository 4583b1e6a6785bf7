/// How a path between two processes behaves while nothing is cut.
struct NetworkConditions: Sendable {
    /// How often a request never arrives, an answer never arrives, and a request arrives long after its sender gave it up.
    var lostRequests = 0.0
    var lostAnswers = 0.0
    var lateRequests = 0.0
    /// How long one direction takes.
    var latency: ClosedRange<SimulatedTime> = .microseconds(50)...(.milliseconds(2))

    /// The longest that a request may be held on its way.
    static let latest: ClosedRange<SimulatedTime> = .milliseconds(500)...(.milliseconds(30_000))

    /// The same where everything takes long, but hardly longer than it is waited for.
    var slow: NetworkConditions {
        var conditions = self
        conditions.latency = .milliseconds(1)...(.milliseconds(600))
        return conditions
    }

    /// Nothing is lost.
    static let reliable = NetworkConditions()
}

/// Which directions of a path are cut.
enum PartitionDirection: String, Sendable, CaseIterable {
    case both
    case requests
    case answers

    var stopsRequests: Bool { self != .answers }
    var stopsAnswers: Bool { self != .requests }
}
