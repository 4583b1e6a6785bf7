internal import CartWorkload
internal import Synchronization

/// What stands between customers and nodes in front of a cluster: it knows which nodes are ready, and sends customers to
/// others than they came for where those are not.
final class Gateway: Sendable {
    private let away: Mutex<Set<Int>> = Mutex([])

    /// The node for whoever comes for this one.
    func node(for node: Int, of count: Int) -> Int {
        away.withLock { away in
            (0..<count).map { (node + $0) % count }.first { !away.contains($0) } ?? node
        }
    }

    /// Asks all nodes again and again whether they are ready, until cancelled.
    func run(_ cluster: Cluster) async {
        while !Task.isCancelled {
            await withTaskGroup(of: (Int, Bool).self) { group in
                for (number, node) in cluster.nodes.enumerated() {
                    group.addTask { (number, await cluster.ask("readyz", at: node)?.status == 200) }
                }
                for await (number, isReady) in group {
                    away.withLock { away in
                        if isReady { away.remove(number) } else { away.insert(number) }
                    }
                }
            }
            do {
                try await Task.sleep(for: .milliseconds(50))
            } catch {
                return
            }
        }
    }
}

/// A client behind a gateway, if there is one. Its attempts are finished though the customer is told to go home: what a
/// customer broke off would be of unknown outcome, through no fault of the cluster's.
struct GatewayClient<Client: ClusterClient>: ClusterClient {
    let clusterClient: Client
    let gateway: Gateway?

    var nodes: Int { clusterClient.nodes }

    func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        let node = gateway?.node(for: node, of: nodes) ?? node
        // A task of its own is not cancelled with ours, and is always waited for.
        return await Task { await clusterClient.perform(operation, at: node) }.value
    }
}
