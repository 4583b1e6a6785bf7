import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

/// Injects a fault while clients change and read carts, and expects the cluster to survive it: every
/// acknowledgement stays true, every cart can soon be changed through every node, and the nodes return to
/// their former footprint.
///
/// - Parameters:
///   - home: the node that owns all carts before the clients start. By default the node that is asked for a
///     cart first owns it.
///   - fault: injects the fault, and returns when it is over.
/// - Returns: the time of the recovery, and what clients and nodes recorded.
@discardableResult
func survive(
    _ name: String,
    _ options: Cluster.Options = Cluster.Options(),
    on server: RedisServerFixture.Options = Cluster.durableRedis(),
    behindGateway: Bool = false,
    home: Int? = nil,
    under fault: @Sendable (Traffic) async throws -> Void
) async throws -> Survival {
    var survival = Survival()
    try await Cluster.with(options, on: server) { cluster in
        let base = cluster.footprints
        let checkResult = try await cluster.withTraffic(behindGateway: behindGateway) { traffic in
            if let home { try await traffic.recovered(at: [home]) }
            survival.recovery = try await traffic.flow {
                try await fault(traffic)
                let took = try await traffic.recovered()
                try await traffic.clock.sleep(for: .milliseconds(300))
                return took
            }
            survival.attempts = traffic.history.attempts
        }
        print("\(name): recovered after \(survival.recovery.inShort); \(checkResult)")
        #expect(checkResult.holds, "\(name): \(checkResult)")
        #expect(checkResult.extent.unread == 0, "\(name)")
        #expect(checkResult.extent.acknowledged > 100, "\(name)")
        try await cluster.settled(to: base)
        survival.logs = cluster.nodes.map(\.log)
    }
    return survival
}

/// The record of one run of `survive`.
struct Survival: Sendable {
    /// The time from the end of the fault until every cart could be changed through every node.
    var recovery = Duration.zero
    var attempts: [Attempt] = []
    /// The logs of the nodes, in the order of the nodes.
    var logs: [String] = []
}

/// Runs `body` for each element, each with a cluster of its own, as many at a time as there is room for.
func sideBySide<Element: Sendable>(
    _ elements: [Element],
    _ body: @escaping @Sendable (Element) async throws -> Void
) async {
    await withDiscardingTaskGroup { group in
        for element in elements {
            group.addTask {
                do {
                    try await body(element)
                } catch {
                    Issue.record("\(element): \(error)")
                }
            }
        }
    }
}
