internal import CartClient
package import CartWorkload

extension Cluster {
    /// Runs `body` with clients for the cluster and checks their history. Meanwhile it records all changes of
    /// ownership.
    ///
    /// - Parameter behindGateway: if true, requests go to ready nodes only.
    package func withTraffic(
        _ plan: WorkloadPlan = Traffic.lightPlan,
        seed: UInt64 = 1,
        behindGateway: Bool = false,
        _ body: (Traffic) async throws -> Void
    ) async throws -> CheckResult {
        let gateway = behindGateway ? Gateway() : nil
        let targets = nodes.map { "http://127.0.0.1:\($0.httpPort)" }
        return try await HTTPClusterClient.with(targets: targets, token: Self.trustedToken) { clusterClient in
            let traffic = Traffic(
                in: self,
                plan: plan,
                clusterClient: GatewayClient(clusterClient: clusterClient, gateway: gateway),
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

    /// The resources that each node holds; nil for a node that does not run.
    package var footprints: [Footprint?] { nodes.map(\.footprint) }

    /// Waits until no node holds notably more resources than before.
    ///
    /// - Parameter base: the nodes' footprints before the faults.
    package func settled(to base: [Footprint?]) async throws {
        var grown: [String] = []
        try await eventually(
            within: .seconds(10),
            "nodes hold no more resources than before: \(grown)",
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
    /// Tolerates the growth of a node that starts to serve: links to its peers, buffers, carts.
    fileprivate func isLike(_ base: Footprint) -> Bool {
        descriptors <= base.descriptors + 24 && memory <= base.memory + 96 << 20
    }
}
