package import SeededRandom

/// A client who goes shopping: one operation after the other, each until it is settled.
package struct WorkloadClient<Client: ClusterClient, Clock: WorkloadClock>: Sendable {
    package let number: UInt32
    private let retryingClient: RetryingClient<Client, Clock>
    private let generator: WorkloadGenerator
    private var random: SplitMix64

    /// - Parameters:
    ///   - number: from 1; no two customers of a history have the same.
    ///   - random: gives each customer numbers of their own.
    package init(
        _ number: UInt32,
        _ retryingClient: RetryingClient<Client, Clock>,
        _ generator: WorkloadGenerator,
        _ random: SplitMix64
    ) {
        self.number = number
        self.retryingClient = retryingClient
        self.generator = generator
        self.random = random.fork(UInt64(number))
    }

    /// Goes shopping until then, or until cancelled. Each operation begins at a node that is drawn: a client behind a
    /// balancer has no home.
    package mutating func run(until end: Duration) async {
        var count: UInt32 = 0
        while !Task.isCancelled, retryingClient.clock.now < end, count < .max {
            count += 1
            let operation = generator.operation(OperationID(client: number, number: count), &random)
            var node = Int.random(in: 0..<max(1, retryingClient.clusterClient.nodes), using: &random)
            let reply = await retryingClient.execute(operation, at: &node, until: end, &random)
            generator.conclude(operation, reply)
            guard generator.plan.pause > .zero else { continue }
            do {
                try await retryingClient.clock.sleep(for: generator.plan.pause)
            } catch {
                return
            }
        }
    }
}
