/// A snapshot with the counters that stood behind it: two samples give rates and events.
package struct NodeSample: Sendable {
    package var snapshot: NodeSnapshot
    package let totals: NodeTotals
    package let takenAt: ContinuousClock.Instant

    package init(_ snapshot: NodeSnapshot, totals: NodeTotals, takenAt: ContinuousClock.Instant) {
        self.snapshot = snapshot
        self.totals = totals
        self.takenAt = takenAt
    }
}

/// What a node has counted since its process began; nil for what it does not count.
package struct NodeTotals: Sendable, Equatable {
    package var requests: Double?
    package var commits: Double?
    package var restores: Double?
    /// The carts that were claimed from sessions with a tombstone.
    package var takeovers: Double?
    package var requestTimes: Buckets?
    package var droppedCarts = 0.0
    package var sweeps = 0.0
    package var abandonedSweeps = 0.0
    package var sweptCarts = 0.0
    package var differingCarts = 0.0
    package var expiredSessions = 0.0
    package var sessionsDeclaredDead = 0.0

    package init() {}

    /// The counts of a histogram of durations.
    package struct Buckets: Sendable, Equatable {
        /// The upper bounds of the buckets but the last one, seconds, ascending.
        package let bounds: [Double]
        /// The number of durations in each bucket, not cumulative.
        package let counts: [UInt64]

        package init(bounds: [Double], counts: [UInt64]) {
            self.bounds = bounds
            self.counts = counts
        }

        /// The bound below which a share of the durations that came after `former` lies: that of the bucket, as
        /// nothing is known within it. Nil if there were none, or if the last bucket is meant, which has none.
        func quantile(_ share: Double, after former: Buckets) -> Double? {
            guard former.bounds == bounds, former.counts.count == counts.count else { return nil }
            let fresh = zip(counts, former.counts).map { $0 >= $1 ? $0 - $1 : 0 }
            let total = fresh.reduce(0, &+)
            guard total > 0 else { return nil }
            var below: UInt64 = 0
            for (bound, count) in zip(bounds, fresh) {
                below &+= count
                if Double(below) >= share * Double(total) { return bound }
            }
            return nil
        }
    }
}

/// What a node did in the last seconds, a second; nil for what it does not count.
package struct NodeRates: Codable, Sendable, Equatable {
    package let requests: Double?
    package let commits: Double?
    package let restores: Double?
    /// The time within which 99 of 100 requests were answered, seconds, rounded up to a bucket's bound; nil
    /// without requests.
    package let p99: Double?

    /// Nil where no time has passed.
    package init?(from former: NodeSample, to present: NodeSample) {
        let seconds = (present.takenAt - former.takenAt) / .seconds(1)
        guard seconds > 0 else { return nil }
        let (before, after) = (former.totals, present.totals)
        func rate(_ total: KeyPath<NodeTotals, Double?>) -> Double? {
            guard let old = before[keyPath: total], let new = after[keyPath: total] else { return nil }
            return max(0, new - old) / seconds
        }
        requests = rate(\.requests)
        commits = rate(\.commits)
        restores = rate(\.restores)
        p99 = before.requestTimes.flatMap { after.requestTimes?.quantile(0.99, after: $0) }
    }
}

/// The last samples of a node, over which its rates are taken.
struct SampleWindow {
    /// The most samples: one a second, so that rates are those of the last five seconds.
    private static let limit = 6

    private var samples: [NodeSample] = []

    /// The newest one, with its rates.
    var newest: NodeSample? { samples.last }

    /// Takes a sample in.
    ///
    /// - Returns: the one before it.
    @discardableResult
    mutating func append(_ sample: NodeSample) -> NodeSample? {
        let former = samples.last
        var sample = sample
        if let oldest = samples.first { sample.snapshot.rates = NodeRates(from: oldest, to: sample) }
        if samples.count == Self.limit { samples.removeFirst() }
        samples.append(sample)
        return former
    }
}
