package import SeededRandom

/// A client that executes one operation after the other, each until it is settled.
package struct WorkloadClient<Client: ClusterClient, Clock: WorkloadClock>: Sendable {
    package let number: UInt32
    private let retryingClient: RetryingClient<Client, Clock>
    private let generator: WorkloadGenerator
    private var random: SplitMix64

    /// - Parameters:
    ///   - number: from 1, unique among the clients of a history.
    ///   - random: the generator of the run, from which each client forks its own.
    package init(
        number: UInt32,
        retryingClient: RetryingClient<Client, Clock>,
        generator: WorkloadGenerator,
        random: SplitMix64
    ) {
        self.number = number
        self.retryingClient = retryingClient
        self.generator = generator
        self.random = random.fork(UInt64(number))
    }

    /// Runs until `end`, or until cancelled. Each operation begins at a random node, as behind a load
    /// balancer.
    package mutating func run(until end: Duration) async {
        var count: UInt32 = 0
        while !Task.isCancelled, retryingClient.clock.now < end, count < .max {
            count += 1
            let operation = generator.operation(OperationID(client: number, number: count), &random)
            var node = Int.random(in: 0..<max(1, retryingClient.clusterClient.nodes), using: &random)
            let reply = await retryingClient.execute(operation, at: &node, until: end, &random)
            generator.conclude(operation, reply)
            guard generator.plan.pause > .zero, retryingClient.clock.now < end else { continue }
            do {
                try await retryingClient.clock.sleep(for: generator.plan.pause)
            } catch {
                return
            }
        }
    }
}
