import CartWorkload

/// A cluster client that counts the failed attempts of another one.
struct CountingClusterClient<Inner: ClusterClient>: ClusterClient {
    let inner: Inner
    let measurements: Measurements

    var nodes: Int { inner.nodes }

    func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        let reply = await inner.perform(operation, at: node)
        switch reply.outcome {
        case .done, .rejected: break
        case .notApplied(let why): measurements.fail("\(why), not applied")
        case .unknown(let why):
            measurements.fail("\(why), \(operation.action.isRead ? "read" : "outcome unknown")")
        }
        return reply
    }
}
