/// Access to a cluster, real or simulated, at the level of single attempts.
package protocol ClusterClient: Sendable {
    /// The number of nodes. They are addressed by index, from 0.
    var nodes: Int { get }

    /// Makes one attempt at an operation, without retries.
    func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult
}
