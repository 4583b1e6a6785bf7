/// The way into the cluster.
package protocol ClusterClient: Sendable {
    /// How many nodes there are to ask, counted from 0.
    var nodes: Int { get }

    /// Makes one attempt at an operation and says what came of it. Does not retry.
    func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult
}
