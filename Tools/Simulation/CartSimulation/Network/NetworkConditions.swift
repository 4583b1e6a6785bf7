/// The behaviour of a network path that is not cut.
struct NetworkConditions: Sendable {
    /// Probability that a request never arrives.
    var lostRequests = 0.0
    /// Probability that an answer never arrives.
    var lostAnswers = 0.0
    /// Probability that a request arrives long after its sender gave up.
    var lateRequests = 0.0
    /// Latency of one direction.
    var latency: ClosedRange<SimulatedTime> = .microseconds(50)...(.milliseconds(2))

    /// Latency of a late request.
    static let latest: ClosedRange<SimulatedTime> = .milliseconds(500)...(.milliseconds(30_000))

    /// The same conditions with high latency, mostly still within the senders' time-outs.
    var slow: NetworkConditions {
        var conditions = self
        conditions.latency = .milliseconds(1)...(.milliseconds(600))
        return conditions
    }

    /// No losses and no late requests.
    static let reliable = NetworkConditions()
}

/// The directions of a path that a partition cuts.
enum PartitionDirection: String, Sendable, CaseIterable {
    case both
    case requests
    case answers

    var stopsRequests: Bool { self != .answers }
    var stopsAnswers: Bool { self != .requests }
}
