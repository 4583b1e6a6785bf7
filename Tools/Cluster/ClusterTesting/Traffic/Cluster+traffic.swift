internal import CartClient
package import CartWorkload

extension Cluster {
    /// Runs `body` with customers for the cluster, who come when they are called, and says what their history proves.
    ///
    /// All this time it is watched who owns the carts.
    ///
    /// - Parameter behindGateway: whether customers are kept from nodes that are not ready.
    package func withTraffic(
        _ plan: WorkloadPlan = Traffic.lightPlan,
        seed: UInt64 = 1,
        behindGateway: Bool = false,
        _ body: (Traffic) async throws -> Void
    ) async throws -> CheckResult {
        let gateway = behindGateway ? Gateway() : nil
        let targets = nodes.map { "http://127.0.0.1:\($0.httpPort)" }
        return try await HTTPClusterClient.with(targets: targets) { clusterClient in
            let traffic = Traffic(
                self,
                plan,
                GatewayClient(clusterClient: clusterClient, gateway: gateway),
                seed: seed
            )
            let watch = OwnershipWatch()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await watch.run(traffic) }
                if let gateway { group.addTask { await gateway.run(self) } }
                try await body(traffic)
                group.cancelAll()
            }
            return await traffic.checkResult(facts: watch.facts)
        }
    }

    /// What the nodes take of the machine now; nil for one that does not run.
    package var footprints: [Footprint?] { nodes.map(\.footprint) }

    /// Waits until no node takes notably more of the machine than it did.
    ///
    /// - Parameter base: what it took before anything happened.
    package func settled(to base: [Footprint?]) async throws {
        var grown: [String] = []
        try await eventually(
            within: .seconds(10),
            "nodes are as they were: \(grown)",
            every: .milliseconds(100)
        ) {
            grown = zip(nodes, base).compactMap { node, base in
                guard let base, let now = node.footprint, !now.isLike(base) else { return nil }
                return "\(node.name) \(base) → \(now)"
            }
            return grown.isEmpty
        }
    }
}

extension Footprint {
    /// Room for what a node takes when it first serves: links to its peers, buffers, carts.
    fileprivate func isLike(_ base: Footprint) -> Bool {
        descriptors <= base.descriptors + 24 && memory <= base.memory + 96 << 20
    }
}
