import ActorRuntime

/// The measurement of one kind of cart under all strategies in turn.
struct StrategyComparison: Sendable {
    let fixtures: Fixtures
    let carts: Int
    /// Number of changes of each cart per round.
    let visits: Int
    let rounds: Int
    let pool: WorkerPool
    let snapshotInterval: Int

    /// - Parameter socket: path of the Unix socket of an empty Redis.
    func run(on socket: String) async throws -> [StrategyFigures] {
        let plans = [PersistenceStrategy.snapshot, .incremental, .events].map { strategy in
            BenchPlan(strategy: strategy, snapshotInterval: snapshotInterval, cluster: strategy.rawValue)
        }
        return try await BenchNode.with(plans, on: socket) { nodes in
            for node in nodes { try await prepare(node) }
            var measured = nodes.map { _ in [StrategyRound]() }
            for round in 0..<rounds {
                for (place, node) in nodes.enumerated() {
                    measured[place].append(try await measure(node, round: round))
                }
            }
            var figures: [StrategyFigures] = []
            for (node, rounds) in zip(nodes, measured) {
                let stored = try await storedBytes(on: node)
                figures.append(
                    StrategyFigures(
                        of: node,
                        fixtures: fixtures,
                        carts: carts,
                        rounds: rounds,
                        beside: measured[0],
                        storedBytes: stored
                    )
                )
            }
            return figures
        }
    }

    /// Fills the carts and gives each a different number of commits, so that their snapshots are not all due
    /// at the same time.
    private func prepare(_ node: BenchNode) async throws {
        try await pool.work(carts) { number in
            try await node.fill(number, with: fixtures)
            for age in 0..<number % snapshotInterval {
                try await node.ask(number, fixtures.setQuantity(Int64(2 + age)))
            }
        }
    }

    private func measure(_ node: BenchNode, round: Int) async throws -> StrategyRound {
        let visits = visits
        let fixtures = fixtures
        let before = try await UsageSnapshot(node)
        let commits = try await pool.time(carts, rounds: visits) { number, visit in
            try await node.ask(number, fixtures.setQuantity(Int64(1_000 + round * visits + visit)))
        }
        let between = try await UsageSnapshot(node)
        try await node.passivateAll()
        let cold = try await UsageSnapshot(node)
        let restores = try await pool.time(carts) { number, _ in
            try await node.read(number, expecting: fixtures.lines)
        }
        let after = try await UsageSnapshot(node)
        return StrategyRound(
            commits: commits,
            whileCommitting: between - before,
            restores: restores,
            whileRestoring: after - cold
        )
    }

    private func storedBytes(on node: BenchNode) async throws -> Double {
        var bytes: [Double] = []
        for number in 0..<carts { bytes.append(try await node.storedBytes(number)) }
        return Spread(bytes).median
    }
}
