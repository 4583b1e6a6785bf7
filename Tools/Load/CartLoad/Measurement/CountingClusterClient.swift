import CartWorkload

/// A client whose failed attempts are counted.
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
            measurements.fail("\(why), \(operation.action.isRead ? "look" : "outcome unknown")")
        }
        return reply
    }
}
