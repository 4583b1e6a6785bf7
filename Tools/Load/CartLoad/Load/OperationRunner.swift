import CartWorkload
import SeededRandom

/// Executes single operations and measures them.
struct OperationRunner<Client: ClusterClient>: Sendable {
    let retryingClient: RetryingClient<Client, RealClock>
    let generator: WorkloadGenerator
    let measurements: Measurements
    /// The start of the load.
    let beginning: Duration
    /// The time at which operations are given up.
    let end: Duration

    /// The number of client ids among which an open loop distributes its operations.
    static var openClients: UInt64 { 1_000 }

    /// Chooses the next operation and executes it.
    ///
    /// - Parameter intended: the time at which it was due.
    func run(_ id: OperationID, intended: Duration, _ random: inout SplitMix64) async {
        let operation = generator.operation(id, &random)
        var node = Int.random(in: 0..<max(1, retryingClient.clusterClient.nodes), using: &random)
        let reply = await retryingClient.execute(operation, at: &node, until: end, &random)
        generator.conclude(operation, reply)
        let now = retryingClient.clock.now
        measurements.end(operation, reply, latency: now - intended, at: now - beginning)
    }

    /// The id of the operation at this position of an open loop.
    static func id(_ place: UInt64) -> OperationID {
        OperationID(
            client: UInt32(truncatingIfNeeded: 1 + place % openClients),
            number: UInt32(truncatingIfNeeded: 1 + place / openClients)
        )
    }
}
