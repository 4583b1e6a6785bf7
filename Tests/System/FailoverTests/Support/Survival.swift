import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

/// Whatever happens while clients change and read carts: what they were told stays true, soon after it every cart can be
/// changed through every node, and the nodes are as they were.
///
/// - Parameters:
///   - home: the node that owns all carts when the clients come; otherwise whoever is asked for one first owns it.
///   - fault: returns when the fault is over.
/// - Returns: how long the recovery took, and what was proved.
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

/// How a cluster came through.
struct Survival: Sendable {
    /// How long after the fault every cart could be changed through every node.
    var recovery = Duration.zero
    var attempts: [Attempt] = []
    /// What the nodes said, in their order.
    var logs: [String] = []
}

/// Runs several at a time, which mostly wait: each has a cluster of its own.
func sideBySide<Element: Sendable>(
    _ elements: [Element],
    atOnce: Int = 3,
    _ body: @escaping @Sendable (Element) async throws -> Void
) async {
    await withTaskGroup(of: Void.self) { group in
        for (index, element) in elements.enumerated() {
            if index >= atOnce { await group.next() }
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
