import CartWorkload
import SeededRandom

/// Creates and fills all carts before the measurement.
struct Preparation<Client: ClusterClient>: Sendable {
    let retryingClient: RetryingClient<Client, RealClock>
    let generator: WorkloadGenerator
    let random: SplitMix64
    let console: ConsoleOutput

    /// The number of carts that are filled concurrently.
    private static var workers: Int { 32 }
    /// The first client id of a preparation, above all ids of a load.
    private static var firstClient: UInt32 { 1_000_000 }

    /// - Returns: the number of carts that could not be filled.
    func run(until end: Duration) async -> Int {
        let carts = generator.plan.carts
        let workers = min(Self.workers, carts)
        console.say("filling \(NumberFormat.grouped(carts)) carts with \(generator.plan.cartSize) lines each")
        return await withTaskGroup { group in
            for worker in 0..<workers {
                group.addTask {
                    var unfilled = 0
                    var number: UInt32 = 0
                    var random = self.random.fork(UInt64(worker))
                    for cart in stride(from: worker, to: carts, by: workers) {
                        let isFilled = await fill(cart, worker: worker, number: &number, until: end, &random)
                        if !isFilled { unfilled += 1 }
                    }
                    return unfilled
                }
            }
            return await group.reduce(0, +)
        }
    }

    private func fill(
        _ cart: Int,
        worker: Int,
        number: inout UInt32,
        until end: Duration,
        _ random: inout SplitMix64
    ) async -> Bool {
        var node = cart % max(1, retryingClient.clusterClient.nodes)
        // One creation, and then one addition for each line.
        for _ in 0...generator.plan.cartSize {
            number += 1
            let id = OperationID(client: Self.firstClient + UInt32(worker), number: number)
            let operation = generator.filling(id, on: cart, &random)
            let reply = await retryingClient.execute(operation, at: &node, until: end, &random)
            generator.conclude(operation, reply)
            guard case .done = reply.outcome else { return false }
        }
        return true
    }
}
