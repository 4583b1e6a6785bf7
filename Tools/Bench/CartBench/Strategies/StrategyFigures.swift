import ActorRuntime

/// The readings of one round of one strategy.
struct StrategyRound: Sendable {
    let commits: Latencies
    let whileCommitting: UsageDelta
    let restores: Latencies
    let whileRestoring: UsageDelta
}

/// The cost of one strategy for one kind of cart. Times are in microseconds. All figures but the stored size
/// are of several rounds.
struct StrategyFigures: Sendable, Codable {
    let strategy: String
    let lines: Int
    /// True if each change was made under an idempotency key.
    let keyed: Bool
    let carts: Int
    /// Average number of commits of a cart at the end, without those that filled it.
    let commitsOfACart: Double
    let commitsPerSecond, commitP50, commitP99: Spread
    /// Bytes that Redis received per commit: the script call with all its arguments.
    let bytesPerCommit: Spread
    /// Bytes that Redis wrote to its append-only file per commit; 0 if it has none.
    let appendedPerCommit: Spread
    let redisTimePerCommit, nodeTimePerCommit: Spread
    /// Memory of a cart's key in Redis, in bytes: the median of all carts.
    let storedBytes: Double
    let restoresPerSecond, restoreP50, restoreP99: Spread
    /// Bytes that Redis sent per restore.
    let bytesPerRestore: Spread
    let redisTimePerRestore: Spread
    /// Ratio to the rate of `snapshot` in the same round: a disturbance of the machine affects both.
    let commitsBesideSnapshot, restoresBesideSnapshot: Spread

    /// - Parameter first: the same rounds of the strategy `snapshot`.
    init(
        of node: BenchNode,
        fixtures: Fixtures,
        carts: Int,
        rounds: [StrategyRound],
        beside first: [StrategyRound],
        storedBytes: Double
    ) {
        func each(_ figure: (StrategyRound) -> Double) -> Spread { Spread(rounds.map(figure)) }
        func perCommit(_ amount: @escaping (UsageDelta) -> Double) -> Spread {
            each { amount($0.whileCommitting) / Double($0.commits.count) }
        }
        func perRestore(_ amount: @escaping (UsageDelta) -> Double) -> Spread {
            each { amount($0.whileRestoring) / Double($0.restores.count) }
        }
        strategy = node.plan.strategy.rawValue
        lines = fixtures.lines
        keyed = fixtures.isKeyed
        self.carts = carts
        let interval = node.plan.snapshotInterval
        let commits = rounds.reduce(0) { $0 + $1.commits.count }
        commitsOfACart = Double(commits) / Double(carts) + Double(interval - 1) / 2
        commitsPerSecond = each { Double($0.commits.count) / $0.whileCommitting.seconds }
        commitP50 = each { $0.commits.p50 }
        commitP99 = each { $0.commits.p99 }
        bytesPerCommit = perCommit { $0.received }
        appendedPerCommit = perCommit { $0.appended }
        redisTimePerCommit = perCommit { $0.redis * 1e6 }
        nodeTimePerCommit = perCommit { $0.node * 1e6 }
        self.storedBytes = storedBytes
        restoresPerSecond = each { Double($0.restores.count) / $0.whileRestoring.seconds }
        restoreP50 = each { $0.restores.p50 }
        restoreP99 = each { $0.restores.p99 }
        bytesPerRestore = perRestore { $0.sent }
        redisTimePerRestore = perRestore { $0.redis * 1e6 }
        let pairs = zip(rounds, first)
        commitsBesideSnapshot = Spread(pairs.map { $1.whileCommitting.seconds / $0.whileCommitting.seconds })
        restoresBesideSnapshot = Spread(pairs.map { $1.whileRestoring.seconds / $0.whileRestoring.seconds })
    }
}

extension StrategyFigures {
    static let head = [
        "strategy   ", "lines", "keyed", "commits/s", "p50 µs", "p99 µs", "B/commit", "AOF B", "Redis µs",
        "node µs", "stored B", "restores/s", "p99 µs", "B/restore", "Redis µs",
    ]

    var row: [String] {
        [
            strategy.padding(11), "\(lines)".leading(5), (keyed ? "all" : "none").leading(5),
            commitsPerSecond.median.leading(9), commitP50.median.leading(6), commitP99.median.leading(6),
            bytesPerCommit.median.leading(8), appendedPerCommit.median.leading(5),
            redisTimePerCommit.median.leading(8), nodeTimePerCommit.median.leading(7), storedBytes.leading(8),
            restoresPerSecond.median.leading(10), restoreP99.median.leading(6),
            bytesPerRestore.median.leading(9), redisTimePerRestore.median.leading(8),
        ]
    }
}

extension Double {
    fileprivate func leading(_ width: Int) -> String { Output.short(self).leading(width) }
}

extension String {
    fileprivate func leading(_ width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - count)) + self
    }

    fileprivate func padding(_ width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
