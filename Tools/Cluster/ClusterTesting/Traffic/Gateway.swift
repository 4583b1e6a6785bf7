internal import CartWorkload
internal import Synchronization

/// A load balancer in front of a cluster: it sends requests for nodes that are not ready to others.
final class Gateway: Sendable {
    private let unavailable: Mutex<Set<Int>> = Mutex([])

    /// The node that serves a request for `node`: the next ready one, or `node` itself if none is ready.
    func node(for node: Int, of count: Int) -> Int {
        unavailable.withLock { unavailable in
            (0..<count).map { (node + $0) % count }.first { !unavailable.contains($0) } ?? node
        }
    }

    /// Polls the readiness of all nodes until cancelled.
    func run(_ cluster: Cluster) async {
        while !Task.isCancelled {
            await withTaskGroup(of: (Int, Bool).self) { group in
                for (number, node) in cluster.nodes.enumerated() {
                    group.addTask { (number, await cluster.ask("readyz", at: node)?.status == 200) }
                }
                for await (number, isReady) in group {
                    unavailable.withLock { unavailable in
                        if isReady { unavailable.remove(number) } else { unavailable.insert(number) }
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

/// A client behind a gateway, if there is one. Its attempts are finished even if the client is cancelled: an
/// abandoned attempt would have an unknown outcome through no fault of the cluster.
struct GatewayClient<Client: ClusterClient>: ClusterClient {
    let clusterClient: Client
    let gateway: Gateway?

    var nodes: Int { clusterClient.nodes }

    func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        let node = gateway?.node(for: node, of: nodes) ?? node
        // A task of its own is not cancelled with ours.
        return await Task { await clusterClient.perform(operation, at: node) }.value
    }
}
