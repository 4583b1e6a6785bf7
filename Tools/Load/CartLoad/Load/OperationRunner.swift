import CartWorkload
import SeededRandom

/// Carries single operations, and measures them.
struct OperationRunner<Client: ClusterClient>: Sendable {
    let retryingClient: RetryingClient<Client, RealClock>
    let generator: WorkloadGenerator
    let measurements: Measurements
    /// When the load began.
    let beginning: Duration
    /// When operations are given up.
    let end: Duration

    /// How many clients an open loop's operations are said to come from.
    static var openClients: UInt64 { 1_000 }

    /// Chooses the next operation and has it done.
    ///
    /// - Parameter intended: when it should have begun.
    func run(_ id: OperationID, intended: Duration, _ random: inout SplitMix64) async {
        let operation = generator.operation(id, &random)
        var node = Int.random(in: 0..<max(1, retryingClient.clusterClient.nodes), using: &random)
        let reply = await retryingClient.execute(operation, at: &node, until: end, &random)
        generator.conclude(operation, reply)
        let now = retryingClient.clock.now
        measurements.end(operation, reply, latency: now - intended, at: now - beginning)
    }

    /// The operation with this place in an open loop.
    static func id(_ place: UInt64) -> OperationID {
        OperationID(
            client: UInt32(truncatingIfNeeded: 1 + place % openClients),
            number: UInt32(truncatingIfNeeded: 1 + place / openClients)
        )
    }
}
